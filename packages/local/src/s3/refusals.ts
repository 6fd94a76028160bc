import { Refusal } from "../kernel/refusal.ts";

/** The errors S3 answers with, in S3's words. Each is made where it is thrown. */

export function noSuchBucket(BucketName: string): Refusal {
  return new Refusal("NoSuchBucket", "The specified bucket does not exist", {
    httpStatus: 404,
    about: { BucketName },
  });
}

export function noSuchKey(Key: string): Refusal {
  return new Refusal("NoSuchKey", "The specified key does not exist.", {
    httpStatus: 404,
    about: { Key },
  });
}

export function noSuchVersion(Key: string, VersionId: string): Refusal {
  return new Refusal("NoSuchVersion", "The specified version does not exist.", {
    httpStatus: 404,
    about: { Key, VersionId },
  });
}

export function noSuchUpload(UploadId: string): Refusal {
  return new Refusal(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { httpStatus: 404, about: { UploadId } },
  );
}

export function invalidArgument(message: string, name?: string, value?: string): Refusal {
  return new Refusal("InvalidArgument", message, {
    about: {
      ...(name === undefined ? {} : { ArgumentName: name }),
      ...(value === undefined ? {} : { ArgumentValue: value }),
    },
  });
}

export function invalidRequest(message: string): Refusal {
  return new Refusal("InvalidRequest", message);
}

export function malformedXml(): Refusal {
  return new Refusal(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

export function preconditionFailed(Condition: string): Refusal {
  return new Refusal(
    "PreconditionFailed",
    "At least one of the pre-conditions you specified did not hold",
    { httpStatus: 412, about: { Condition } },
  );
}

export function methodNotAllowed(Method: string, about: Record<string, unknown> = {}): Refusal {
  return new Refusal(
    "MethodNotAllowed",
    "The specified method is not allowed against this resource.",
    { httpStatus: 405, about: { Method, ResourceType: "DeleteMarker", ...about } },
  );
}

export function accessDenied(message = "Access Denied"): Refusal {
  return new Refusal("AccessDenied", message, { httpStatus: 403 });
}

export function entityTooLarge(max: number): Refusal {
  return new Refusal("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
    about: { MaxSizeAllowed: max },
  });
}

export function incompleteBody(): Refusal {
  return new Refusal(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  );
}

/** A header value AWS knows of and this operation does not take. */
export function headerNotImplemented(Header: string, additionalMessage: string): Refusal {
  return new Refusal(
    "NotImplemented",
    "A header you provided implies functionality that is not implemented",
    { httpStatus: 501, about: { Header, additionalMessage } },
  );
}
