import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import { newVideo, type VideoId } from "../id/id.ts";
import * as Ladder from "../ladder/index.ts";
import { found } from "../source/found.fixture.ts";
import * as Video from "../video/index.ts";
import * as Cost from "./cost.ts";
import { counted, expected, total } from "./count.ts";
import { readMonth } from "./rows.ts";

export const admin = { sub: "operator", groups: ["admin"] };

/** Ten minutes of what everybody sends. */
export const source = found({}, { durationMs: 600_000 });
export const plan = Ladder.plan(source);

/** What one of them is thought to cost, in millionths. */
export const oneMicroUsd = () => total(expected(plan, source));

/** A film that its execution has claimed. */
export async function claimed(ownerId: string, attempt = 1): Promise<VideoId> {
  const id = newVideo();
  await atAttempt(id, ownerId, attempt);
  return id;
}

export async function atAttempt(id: VideoId, ownerId: string, attempt: number): Promise<void> {
  await Table.put({
    ...Video.keyOf(id),
    videoId: id,
    ownerId,
    title: "A film",
    status: "VALIDATING",
    attempt,
  });
}

export const reserve = (videoId: VideoId, ownerId: string, attempt = 1) =>
  Cost.reserve({ videoId, attempt, ownerId, found: source, plan });

export type End = "COMPLETE" | "ERROR" | "CANCELED";

/** The job is over: each output became as long as `durationMs`. */
export async function over(
  videoId: VideoId,
  attempt: number,
  status: End,
  durationMs = source.durationMs,
): Promise<void> {
  const outputs = expected(plan, source).map((group) => group.map(() => ({ durationMs })));
  await Table.change(Attempt.keyOf(videoId, attempt), {
    update: "SET terminal = if_not_exists(terminal, :terminal)",
    condition: "attribute_exists(PK)",
    values: { ":terminal": { status, atMs: 0, ...(status === "COMPLETE" ? { outputs } : {}) } },
  });
}

/** What a job of outputs so long is billed, in millionths. */
export function billOf(durationMs: number): number {
  const lines = expected(plan, source);
  const made = lines.map((group) => group.map(() => ({ durationMs })));
  return total(counted(lines, made, { minimumSeconds: 10, stepMinutes: 0.01 }));
}

export async function committed(ownerId: string, month: string): Promise<number> {
  return (await readMonth(ownerId, month)).committed;
}
