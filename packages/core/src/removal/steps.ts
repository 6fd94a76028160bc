import * as Attempt from "../attempt/attempt.ts";
import * as Edge from "../aws/edge.ts";
import * as Executions from "../aws/executions.ts";
import * as Objects from "../aws/removing.ts";
import * as Table from "../aws/table.ts";
import * as Sfn from "../aws/workflow.ts";
import * as Config from "../config/index.ts";
import * as Cost from "../cost/cost.ts";
import * as Encode from "../encode/encode.ts";
import * as Idempotency from "../idempotency/index.ts";
import * as Job from "../job/job.ts";
import * as Shares from "../library/shares.ts";
import { Problem } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import type { Remains } from "./remains.ts";

/** Takes something of a film away. Done again it finds nothing left to do. */
type Step = (film: Remains) => Promise<"gone" | "going">;

/** First what could make more of it, then what there is, then what tells of it. */
export const steps: readonly Step[] = [
  stopExecution,
  stopJobs,
  abortUploads,
  clearSources,
  clearOutputs,
  forgetAtEdge,
  forgetElsewhere,
  forgetRows,
];

async function stopExecution({ claimedBy }: Remains): Promise<"gone"> {
  if (claimedBy === undefined || !Sfn.isUnderWay(await Sfn.describe(claimedBy))) return "gone";
  const { code, message } = new Problem("Deleted");
  await Executions.stop(claimedBy, code, message);
  return "gone";
}

/** A job writes until it is over: its files are only then all there to be taken away. */
async function stopJobs({ id }: Remains): Promise<"gone" | "going"> {
  let over: "gone" | "going" = "gone";
  for await (const { attempt } of Attempt.every(id)) {
    if ((await Encode.halt(id, attempt)) === "stopping") over = "going";
    else await Cost.settle({ videoId: id, attempt });
  }
  return over;
}

async function abortUploads({ id }: Remains): Promise<"gone"> {
  await Objects.abortUploads(Config.sourceBucket(), uploadsOf(id));
  return "gone";
}

/** An inbox name that made a film goes with it, whatever was dropped under it. */
async function clearSources({ id, source }: Remains): Promise<"gone" | "going"> {
  const bucket = Config.sourceBucket();
  const prefix = uploadsOf(id);
  const names = new Set(source ? [source.key] : []);
  for await (const begun of Attempt.every(id)) if (begun.source) names.add(begun.source.key);
  if (!(await Objects.clearVersions({ bucket, prefix }, PAGES))) return "going";
  for (const key of names) {
    if (key.startsWith(prefix)) continue;
    if (!(await Objects.clearVersions({ bucket, key }, PAGES))) return "going";
  }
  return "gone";
}

async function clearOutputs({ id }: Remains): Promise<"gone" | "going"> {
  return (await Objects.clear(Config.deliveryBucket(), Job.folder(id), PAGES)) ? "gone" : "going";
}

async function forgetAtEdge({ id, attempt, deletedAtMs }: Remains): Promise<"gone"> {
  if (attempt > 0) {
    await Edge.forget(Config.distributionId(), `/${Job.folder(id)}*`, `${id}-${deletedAtMs}`);
  }
  return "gone";
}

async function forgetElsewhere({ id, ownerId, sharedWith, idem }: Remains): Promise<"gone"> {
  for (const sub of sharedWith) await Table.remove(Shares.keyOf(sub, id));
  if (idem) await Idempotency.forget(ownerId, idem, id);
  return "gone";
}

async function forgetRows({ id }: Remains): Promise<"gone" | "going"> {
  const meta = Video.keyOf(id);
  let removed = 0;
  for await (const row of Table.every({ where: "PK = :film", values: { ":film": meta.PK } })) {
    if (row.SK === meta.SK) continue;
    if (removed === ROWS) return "going";
    await Table.remove({ PK: meta.PK, SK: String(row.SK) });
    removed += 1;
  }
  return "gone";
}

/** A thousand objects each. */
const PAGES = 20;
const ROWS = 2000;

function uploadsOf(id: Remains["id"]): string {
  return `${Config.intake().uploadsPrefix}${id}/`;
}
