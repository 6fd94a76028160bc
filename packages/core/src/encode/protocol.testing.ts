import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { VideoId } from "../id/id.ts";
import * as Id from "../id/index.ts";
import * as Ladder from "../ladder/index.ts";
import { found } from "../source/found.fixture.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Encode from "./encode.ts";

/** Where and when the films of a test live. The encoder's clock goes with the test's. */
export class Stage {
  readonly cloud: SmallCloud;
  nowMs = Date.UTC(2030, 0, 1);

  constructor(cloud: SmallCloud) {
    this.cloud = cloud;
    cloud.jobs.nowMs = () => this.nowMs;
  }

  /** Whether it went well: a function that fails is tried again by whoever called it. */
  survives(run: () => Promise<unknown>): Promise<boolean> {
    return Clock.at(this.nowMs, run).then(
      () => true,
      () => false,
    );
  }
}

/** A film that waits for its encode, and the messages its execution sent. */
export class Film {
  readonly id: VideoId = Id.newVideo();
  readonly stage: Stage;
  delivery = 0;
  tokens: string[] = [];

  constructor(stage: Stage) {
    this.stage = stage;
  }

  static async open(stage: Stage): Promise<Film> {
    const film = new Film(stage);
    const source = { bucket: "sources", key: `uploads/${film.id}/upl_X/source` };
    const row = {
      ...Video.keyOf(film.id),
      videoId: film.id,
      status: "VALIDATING",
      attempt: 1,
      claimedBy: `execution:${film.id}`,
      sequencer: "1",
      source,
      updatedAtMs: stage.nowMs,
      inFlight: Video.shardOf(film.id),
    };
    await Table.put(row);
    await Attempt.begin(film.id, 1, {
      execution: `execution:${film.id}`,
      source,
      found: found(),
      plan: Ladder.plan(found()),
    });
    await Table.put({ ...row, status: "PENDING" });
    film.send();
    stage.cloud.machine.executions.set(`execution:${film.id}`, { status: "RUNNING" });
    return film;
  }

  /** The state begins to wait (again), with a token of its own. */
  send(): void {
    this.delivery = this.tokens.length;
    const token = `token:${this.id}:${this.delivery}`;
    this.tokens.push(token);
    this.stage.cloud.machine.wait(token);
  }

  /** The task timed out; the machine tries it again. */
  resend(): void {
    this.stage.cloud.machine.giveUp(this.tokens.at(-1) ?? "");
    this.send();
  }

  submit(delivery = this.delivery): Promise<boolean> {
    const taskToken = this.tokens[delivery] ?? "";
    return this.stage.survives(() =>
      Encode.submit({ videoId: this.id, attempt: 1, delivery, taskToken }),
    );
  }

  get jobs() {
    return this.stage.cloud.jobs.all.filter((job) => job.userMetadata.videoId === this.id);
  }

  hear(status: "PROGRESSING" | "COMPLETE"): Promise<boolean> {
    const [job] = this.jobs;
    if (!job) return Promise.resolve(true);
    if (status === "COMPLETE") job.status = "COMPLETE";
    return this.stage.survives(() => Encode.hear(spoke(this.id, job.id, status, this.stage.nowMs)));
  }

  get answers() {
    return this.stage.cloud.machine.answers.filter(({ token }) => this.tokens.includes(token));
  }

  /** So that later sweeps look at their own film alone. */
  async leaveFlight(): Promise<void> {
    await Table.change(Video.keyOf(this.id), {
      update: "REMOVE inFlight",
      condition: "videoId = :id",
      values: { ":id": this.id },
    });
  }

  attempt() {
    return Attempt.find(this.id, 1);
  }
}

/** What MediaConvert says about a job of a film. */
export function spoke(
  videoId: VideoId,
  jobId: string,
  status: string,
  timestamp: number,
): Encode.Spoke {
  return Encode.Spoke.parse({
    id: `event-${videoId}-${status}`,
    source: "aws.mediaconvert",
    "detail-type": "MediaConvert Job State Change",
    account: "000000000000",
    time: "2030-01-01T00:00:00Z",
    detail: {
      timestamp,
      jobId,
      status,
      userMetadata: { app: "rushes", stage: "test", videoId, attempt: "1" },
      ...(status === "ERROR" ? { errorCode: 1010, errorMessage: "Input 1 cannot be opened." } : {}),
    },
  });
}

/** How long a message that failed stays hidden. */
export const messageReturnsMs = 36_000;
