/**
 * Why a job ends in ERROR: one of MediaConvert's numbers. Callers branch on the number,
 * never on the text.
 */
export class JobError extends Error {
  override name = "JobError";
  readonly code: JobErrorCode;

  constructor(code: JobErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Source: reference of error codes, MediaConvert user guide. */
export const jobErrors = {
  1010: "an input cannot be opened",
  1020: "no usable video",
  1021: "no usable audio",
  1030: "a codec or profile is not accepted",
  1040: "the settings do not fit the input",
  1056: "a file cannot be opened",
  1060: "a clip lies outside the input",
  1075: "the structure of an input is broken",
  1076: "an input ends too early",
  1401: "S3 denied access",
  1404: "a file or bucket is missing",
  1432: "the role lacks a permission",
  1433: "the role does not exist",
  1434: "the role does not trust the service",
  1507: "the disk is full",
  1517: "an output could not be stored",
  1522: "the time limit was reached",
  1999: "unexpected",
} as const;

export type JobErrorCode = keyof typeof jobErrors;

export interface JobWarning {
  code: number;
  count: number;
}
