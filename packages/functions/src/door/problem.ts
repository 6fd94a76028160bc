import { type Problem as Met, type ProblemCode, problems } from "@rushes/core/problem";
import * as z from "zod";

/** What a request is told when it meets a problem: RFC 9457. */
export const Problem = z
  .object({
    type: z.string().meta({ examples: ["urn:rushes:problem:VideoNotFound"] }),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().meta({ description: "what to do about it" }),
    retry: z.boolean().meta({ description: "the same request, sent again, may succeed" }),
    fields: z
      .array(z.object({ path: z.string().meta({ examples: ["body.title"] }), message: z.string() }))
      .optional()
      .meta({ description: "what is wrong with the request, field by field" }),
    missing: z.array(z.int()).optional().meta({ description: "parts that have not arrived" }),
    instance: z
      .string()
      .optional()
      .meta({ description: "the request's id, when somebody must look into it" }),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;

/** A field of a request, and what is wrong with it. */
export interface Field {
  path: string;
  message: string;
}

/** What every problem of that name says. */
export function bodyOf(code: ProblemCode): Problem {
  const { httpStatus, retry, help } = problems[code];
  return {
    type: `urn:rushes:problem:${code}`,
    title: titleOf(code),
    status: httpStatus,
    code,
    detail: help,
    retry,
  };
}

/**
 * A problem as the caller hears it: its name and its help, the fields it is about. Whatever else an
 * error says is for the log.
 *
 * @param requestId told when the problem is ours, so that its log can be found
 */
export function answerTo({ code, about }: Met, requestId: string): Problem {
  const body = bodyOf(code);
  const fields = FIELDS.safeParse(about.fields);
  const missing = NUMBERS.safeParse(about.missing);
  return {
    ...body,
    ...(fields.success ? { fields: fields.data.map(placed) } : {}),
    ...(missing.success ? { missing: missing.data } : {}),
    ...(body.status >= 500 ? { instance: requestId } : {}),
  };
}

/** Core knows fields, and not where in a request they stood: what it finds wrong is the body's. */
function placed({ path, message }: Field): Field {
  return { path: PLACE.test(path) ? path : `body.${path}`, message };
}

const PLACE = /^(path|query|header|body)(\.|$)/;

/** How long to wait before the same request is sent again; undefined when waiting helps nothing. */
export function patienceS({ code, about }: Met): number | undefined {
  const { httpStatus, retry } = problems[code];
  if (!retry || (httpStatus !== 429 && httpStatus !== 503)) return undefined;
  const said = about.retryAfterSeconds;
  return typeof said === "number" && said > 0 ? Math.ceil(said) : PATIENCE_S;
}

const PATIENCE_S = 2;
const FIELDS = z.array(z.object({ path: z.string(), message: z.string() })).min(1);
const NUMBERS = z.array(z.int());

/** `VideoNotFound` in words: `Video not found`. */
function titleOf(code: string): string {
  const words = code.replace(/(?<=.)([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words;
}
