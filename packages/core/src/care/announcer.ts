import * as Executions from "../aws/executions.ts";
import * as Sfn from "../aws/workflow.ts";
import type { UploadId } from "../id/id.ts";
import type * as Video from "../video/index.ts";

/**
 * Only the workflow may announce. Whoever writes a film's end outside of it names the execution that
 * will do nothing but tell of it, in the same write and before it is started: so nobody else does,
 * and whoever comes by can start it.
 */

/** A film whose end is written. */
export type Ended = Video.In<"READY" | "FAILED" | "CANCELED">;

/** An end that can be written without an attempt. */
type Untold = "FAILED" | "CANCELED";

/**
 * How the execution is found that will tell of an end.
 *
 * @param lost the upload that brought no source: a film can end without one again and again
 */
export function named(film: Video.Video, end: Untold, lost?: UploadId): string {
  const cause = [film.id, film.attempt, ...(lost ? [lost] : [])];
  return Executions.arnOf(`${VERBS[end]}-${cause.join("-")}`);
}

const VERBS = { FAILED: "fail", CANCELED: "cancel" } as const satisfies Record<Untold, string>;

/** What to write of an upload that was not the first to bring its film no source. */
export function missed({ status }: Video.Video, lost: UploadId | undefined): UploadId | undefined {
  return status === "AWAITING_UPLOAD" ? undefined : lost;
}

/** Starts the execution that an end names, unless another one owes it by now. Twice is once. */
export async function announce(film: Video.In<Untold>): Promise<void> {
  const name = film.settledBy?.split(":").at(-1) ?? "";
  if (!name.startsWith(`${VERBS[film.status]}-${film.id}-`)) return;
  await Sfn.start(name, telling(film));
}

/** The input of an execution that announces what somebody else wrote. */
export function telling(film: Ended): object {
  const { id: videoId, attempt, settledBy } = film;
  switch (film.status) {
    case "READY":
      return { kind: "unannounced", videoId, attempt };
    case "CANCELED":
      return { kind: "canceled", videoId, attempt, settledBy };
    case "FAILED":
      return { kind: "died", videoId, execution: settledBy, problem: film.problem };
  }
}
