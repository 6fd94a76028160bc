import { createHash } from "node:crypto";
import * as z from "zod";
import { Problem } from "../problem/index.ts";

/** Where a list goes on: behind this film. Shares know no time of their own. */
export interface Position {
  id: string;
  createdAtMs?: number | undefined;
}

/** A place in the answer to one question of one caller; to anybody else it says nothing. */
export function write(position: Position, asked: unknown): string {
  const text = JSON.stringify([print(asked), position.id, position.createdAtMs ?? null]);
  return Buffer.from(text).toString("base64url");
}

/** @throws Problem `CursorInvalid` when it is no cursor, or one of another caller or question */
export function read(cursor: string, asked: unknown): Position {
  const seen = Written.safeParse(parsed(cursor));
  if (!seen.success) throw new Problem("CursorInvalid");
  const [of, id, createdAtMs] = seen.data;
  if (of !== print(asked)) throw new Problem("CursorInvalid");
  return { id, ...(createdAtMs === null ? {} : { createdAtMs }) };
}

const Written = z.tuple([
  z.string(),
  z.string().regex(/^vid_[0-9A-Z]{26}$/),
  z.number().int().nonnegative().nullable(),
]);

function print(asked: unknown): string {
  return createHash("sha256").update(JSON.stringify(asked)).digest("base64url").slice(0, 22);
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
