/** An error AWS would answer with. The front writes it in the protocol of the service. */
export class Refusal extends Error {
  /** AWS's error code, such as `NoSuchKey`. */
  readonly code: string;
  readonly httpStatus: number;
  /** Further members of the error document, such as `CancellationReasons`. */
  readonly about: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { httpStatus?: number; about?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = code; // Step Functions and the SDK both read the code here
    this.code = code;
    this.httpStatus = options.httpStatus ?? 400;
    this.about = options.about ?? {};
  }
}

/** Something AWS can do and this machine does not: said by name, never half done. */
export class NotPretended extends Refusal {
  constructor(about: { service: string; action: string; see?: string }) {
    const see = about.see ?? `packages/local/README.md#${about.service}`;
    super(
      "NotImplemented",
      `The laptop does not implement ${about.service} ${about.action}. What it does is listed in ${see}.`,
      { httpStatus: 501, about: { service: about.service, action: about.action, see } },
    );
  }
}
