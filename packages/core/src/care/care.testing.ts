import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import * as Ladder from "../ladder/index.ts";
import { found } from "../source/found.fixture.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Care from "./care.ts";

export const source = { bucket: "sources", key: "inbox/film.mp4", versionId: "v1" };

/** Films in flight, and the sweeper that comes by. */
export class Flight {
  readonly cloud: SmallCloud;
  nowMs = Date.UTC(2030, 0, 1);

  constructor(cloud: SmallCloud) {
    this.cloud = cloud;
    cloud.jobs.nowMs = () => this.nowMs;
  }

  /** Another day, with nothing started yet. */
  nextDay(): void {
    this.nowMs += 24 * 3600 * 1000;
    this.cloud.machine.started.clear();
  }

  /** Since when nothing has moved a film that is looked after. */
  get quietSinceMs(): number {
    return this.nowMs - Care.QUIET_MS - 1000;
  }

  /** A film in flight that nothing has moved for a while. */
  async quiet(meta: Record<string, unknown>, attempt: Partial<Attempt.Attempt> = {}) {
    const id = Id.newVideo();
    const execution = `arn:execution:${id}`;
    await Table.put({
      ...Video.keyOf(id),
      videoId: id,
      attempt: 1,
      status: "TRANSCODING",
      claimedBy: execution,
      sequencer: Intake.padded("0A"),
      source,
      inFlight: Video.shardOf(id),
      updatedAtMs: this.quietSinceMs,
      ...meta,
    });
    await Table.put({ ...Attempt.keyOf(id, 1), source, plan: Ladder.plan(found()), ...attempt });
    this.cloud.machine.executions.set(execution, { status: "RUNNING" });
    return { id, execution };
  }

  /** A job of a film at the encoder. */
  jobOf(id: Id.VideoId, status: string, jobId = `job-${id}`): string {
    this.cloud.jobs.all.push({
      id: jobId,
      status,
      userMetadata: { app: "rushes", stage: "test", videoId: id, attempt: "1" },
      fileInput: "s3://sources/inbox/film.mp4",
      clientRequestToken: "",
      createdAtMs: 0,
    });
    return jobId;
  }

  /** What the sweeper did to one film; later sweeps look at others. */
  async swept(id: Id.VideoId): Promise<string | undefined> {
    const round = await Clock.at(this.nowMs, () => Care.sweep());
    if (round.failed.length > 0) throw new Error(JSON.stringify(round.failed));
    await Table.change(Video.keyOf(id), {
      update: "REMOVE inFlight",
      condition: "videoId = :id",
      values: { ":id": id },
    });
    return round.cared.find(({ videoId }) => videoId === id)?.did;
  }
}
