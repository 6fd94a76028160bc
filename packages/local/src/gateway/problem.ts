import { Refusal } from "../kernel/refusal.ts";

/**
 * What an HTTP API says by itself. `type` is `$context.error.responseType`. That a broken function
 * is a 500 and a slow one a 503 is where HTTP APIs differ from REST APIs (502 and 504).
 */
export const problems = {
  BadRequest: { status: 400, message: "Bad Request", type: "BAD_REQUEST" },
  Unauthorized: { status: 401, message: "Unauthorized", type: "UNAUTHORIZED" },
  Forbidden: { status: 403, message: "Forbidden", type: "ACCESS_DENIED" },
  NotFound: { status: 404, message: "Not Found", type: "RESOURCE_NOT_FOUND" },
  TooLarge: { status: 413, message: "Request Entity Too Large", type: "REQUEST_TOO_LARGE" },
  TooMany: { status: 429, message: "Too Many Requests", type: "THROTTLED" },
  HeadersTooLarge: {
    status: 431,
    message: "Request Header Fields Too Large",
    type: "REQUEST_TOO_LARGE",
  },
  Internal: { status: 500, message: "Internal Server Error", type: "INTEGRATION_FAILURE" },
  Unavailable: { status: 503, message: "Service Unavailable", type: "INTEGRATION_FAILURE" },
  TimedOut: { status: 503, message: "Service Unavailable", type: "INTEGRATION_TIMEOUT" },
} as const satisfies Record<string, { status: number; message: string; type: string }>;

export type ProblemCode = keyof typeof problems;

/** An answer of the gateway's own; `why` is for the access log alone. */
export function problem(
  code: ProblemCode,
  more: { why?: string; authenticate?: string } = {},
): Refusal {
  const { status, message } = problems[code];
  return new Refusal(code, message, { httpStatus: status, about: more });
}

export function isProblem(error: unknown): error is Refusal & { code: ProblemCode } {
  return error instanceof Refusal && error.code in problems;
}
