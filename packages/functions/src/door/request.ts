import { Problem } from "@rushes/core/problem";
import type * as z from "zod";
import type { Described } from "./described.ts";
import type { Brought } from "./gateway.ts";
import type { Field } from "./problem.ts";

/**
 * Reads the parts of a request that its route describes.
 *
 * @param said the path's variables
 * @throws Problem `RequestInvalid` naming every field, and none of their values
 * @throws Problem of the route's `absent` for a variable that can name nothing
 */
export function readRequest(route: Described, brought: Brought, said: Record<string, string>) {
  const params = read(route.params, said, "path");
  const wrong = params.fields.map(({ path }) => route.absent?.[path.slice("path.".length)]);
  const absent = wrong.find((code) => code !== undefined);
  if (absent) throw new Problem(absent);
  const query = read(route.query, queryOf(brought), "query");
  const headers = read(route.headers, brought.headers, "header");
  const body = read(route.body, route.body && bodyOf(brought), "body");
  const fields = [params, query, headers, body].flatMap((part) => part.fields);
  if (fields.length > 0) throw invalid(fields);
  return { params: params.read, query: query.read, headers: headers.read, body: body.read };
}

interface Read {
  read: unknown;
  fields: Field[];
}

function read(shape: z.ZodType | undefined, said: unknown, place: string): Read {
  if (!shape) return { read: {}, fields: [] };
  const seen = shape.safeParse(said);
  if (seen.success) return { read: seen.data, fields: [] };
  return { read: undefined, fields: seen.error.issues.flatMap((issue) => fieldsOf(issue, place)) };
}

/** What is wrong, field by field. Of several shapes that might be meant, the nearest is. */
function fieldsOf(issue: z.core.$ZodIssue, place: string): Field[] {
  const path = [place, ...issue.path.map(String)].join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: brief(`${path}.${key}`),
      message: "is not known here",
    }));
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const nearest = issue.errors.toSorted((one, other) => strange(one) - strange(other))[0] ?? [];
    return nearest.flatMap((each) => fieldsOf(each, path));
  }
  const message =
    issue.input === undefined && MISSING.test(issue.message) ? "is missing" : issue.message;
  return [{ path: brief(path), message }];
}

const MISSING = /received undefined$/;

/** How many fields a shape does not know. */
function strange(issues: z.core.$ZodIssue[]): number {
  return issues.reduce(
    (sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 0),
    0,
  );
}

const brief = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text);

function queryOf({ rawQueryString }: Brought): Record<string, string> {
  const said = [...new URLSearchParams(rawQueryString)];
  const names = said.map(([name]) => name);
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
  if (twice.length > 0) {
    throw invalid(
      twice.map((name) => ({ path: brief(`query.${name}`), message: "is said twice" })),
    );
  }
  return Object.fromEntries(said);
}

/** A body of JSON; none at all says nothing, as `{}` does. */
function bodyOf({ body = "", isBase64Encoded, headers }: Brought): unknown {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > MOST_BYTES) throw new Problem("BodyTooLarge");
  if (bytes.length === 0) return {};
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new Problem("BodyTypeUnknown");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalid([{ path: "body", message: "is no JSON" }]);
  }
}

/** Films go elsewhere: what is said about them is short. */
const MOST_BYTES = 128 * 1024;
const MOST_FIELDS = 50;

function invalid(fields: Field[]): Problem {
  return new Problem("RequestInvalid", { fields: fields.slice(0, MOST_FIELDS) });
}
