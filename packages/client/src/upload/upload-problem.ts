/** Why a file cannot be sent, when it is not the API that says so. */
export class UploadProblem extends Error {
  override readonly name = "UploadProblem";
  readonly code: keyof typeof helps;

  constructor(code: keyof typeof helps, detail?: string, options?: ErrorOptions) {
    super(detail ? `${helps[code]} (${detail})` : helps[code], options);
    this.code = code;
  }
}

const helps = {
  FileEmpty: "The file has no bytes.",
  FileChanged: "The file is not the one this upload began with: begin a new upload.",
  FileUnreadable: "The file cannot be read.",
  TypeUnknown: "The name does not tell what kind of film this is: say it as `type`.",
  UploadGone: "The upload is over: it expired, was given up or completed elsewhere.",
  StoreRefused: "The store does not take the file.",
  Unreachable: "The store cannot be reached: the upload can be resumed later.",
} as const;
