import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Attempt } from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import { Care } from "../care/index.ts";
import { Clock } from "../clock/index.ts";
import type { VideoId } from "../id/id.ts";
import { Id } from "../id/index.ts";
import { Ladder } from "../ladder/index.ts";
import { found } from "../source/found.fixture.ts";
import { Lost, openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { named } from "../testing/small-machine.ts";
import { Video } from "../video/index.ts";
import * as Encode from "./encode.ts";

let cloud: SmallCloud;
let nowMs = Date.UTC(2030, 0, 1);

beforeAll(async () => {
  cloud = await openSmallCloud();
  cloud.jobs.nowMs = () => nowMs;
});
afterAll(() => cloud.close());

/** A film that waits for its encode, and the messages its execution sent. */
class Film {
  readonly id: VideoId = Id.newVideo();
  delivery = 0;
  tokens: string[] = [];

  static async open(): Promise<Film> {
    const film = new Film();
    const source = { bucket: "sources", key: `uploads/${film.id}/upl_X/source` };
    await Table.put({
      ...Video.keyOf(film.id),
      videoId: film.id,
      status: "PENDING",
      attempt: 1,
      claimedBy: `execution:${film.id}`,
      sequencer: "1",
      source,
      updatedAtMs: nowMs,
      inFlight: Video.shardOf(film.id),
    });
    await Attempt.begin(film.id, 1, {
      execution: `execution:${film.id}`,
      source,
      found: found(),
      plan: Ladder.plan(found()),
    });
    film.send();
    cloud.machine.executions.set(`execution:${film.id}`, { status: "RUNNING" });
    return film;
  }

  /** The state begins to wait (again), with a token of its own. */
  send(): void {
    this.delivery = this.tokens.length;
    const token = `token:${this.id}:${this.delivery}`;
    this.tokens.push(token);
    cloud.machine.wait(token);
  }

  /** The task timed out; the machine tries it again. */
  resend(): void {
    cloud.machine.giveUp(this.tokens.at(-1) ?? "");
    this.send();
  }

  submit(delivery = this.delivery): Promise<boolean> {
    const taskToken = this.tokens[delivery] ?? "";
    return survives(() => Encode.submit({ videoId: this.id, attempt: 1, delivery, taskToken }));
  }

  get jobs() {
    return cloud.jobs.all.filter((job) => job.userMetadata.videoId === this.id);
  }

  hear(status: "PROGRESSING" | "COMPLETE"): Promise<boolean> {
    const [job] = this.jobs;
    if (!job) return Promise.resolve(true);
    if (status === "COMPLETE") job.status = "COMPLETE";
    return survives(() => Encode.hear(spoke(this.id, job.id, status)));
  }

  get answers() {
    return cloud.machine.answers.filter(({ token }) => this.tokens.includes(token));
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

function spoke(videoId: VideoId, jobId: string, status: string): Encode.Spoke {
  return Encode.Spoke.parse({
    id: `event-${videoId}-${status}`,
    source: "aws.mediaconvert",
    "detail-type": "MediaConvert Job State Change",
    account: "000000000000",
    time: "2030-01-01T00:00:00Z",
    detail: {
      timestamp: nowMs,
      jobId,
      status,
      userMetadata: { app: "rushes", stage: "test", videoId, attempt: "1" },
      ...(status === "ERROR" ? { errorCode: 1010, errorMessage: "Input 1 cannot be opened." } : {}),
    },
  });
}

async function survives(run: () => Promise<unknown>): Promise<boolean> {
  return Clock.at(nowMs, run).then(
    () => true,
    () => false,
  );
}

const messageReturnsMs = 36_000;

describe("one attempt, one job, one answer", () => {
  it("1: token, job, id, event: the event resumes", async () => {
    const film = await Film.open();
    expect(await film.submit()).toBe(true);
    await film.hear("COMPLETE");
    expect(film.answers).toEqual([
      {
        token: film.tokens[0],
        output: { videoId: film.id, attempt: 1, status: "COMPLETE" },
      },
    ]);
  });

  it("2: the event comes before the job's id is written: the late id changes nothing", async () => {
    const film = await Film.open();
    cloud.jobs.fault = (when) => {
      if (when === "after") throw new Lost();
    };
    expect(await film.submit()).toBe(false);
    cloud.jobs.fault = undefined;
    await film.hear("COMPLETE");
    expect(film.answers).toHaveLength(1);
    expect(await Attempt.learnJob(film.id, 1, film.jobs[0]?.id ?? "")).toBeDefined();
    expect((await film.attempt())?.terminal?.status).toBe("COMPLETE");
  });

  it("4: the event comes twice, or to two at once: the second answer is swallowed", async () => {
    const film = await Film.open();
    await film.submit();
    expect(await Promise.all([film.hear("COMPLETE"), film.hear("COMPLETE")])).toEqual([true, true]);
    expect(await film.hear("COMPLETE")).toBe(true);
    expect(film.answers).toHaveLength(1);
  });

  it("5: a handler dies between its write and its answer: the event again sends it", async () => {
    const film = await Film.open();
    await film.submit();
    cloud.machine.fault = (_, when) => {
      if (when === "before") throw named("AccessDeniedException");
    };
    expect(await film.hear("COMPLETE")).toBe(false);
    cloud.machine.fault = undefined;
    expect(film.answers).toHaveLength(0);
    await film.hear("COMPLETE");
    expect(film.answers).toHaveLength(1);
  });

  it("6: the handler is lost for good: the sweeper sends what it finds", async () => {
    const film = await Film.open();
    await film.submit();
    await Clock.at(nowMs, () =>
      Attempt.end(film.id, 1, { status: "COMPLETE", atMs: nowMs }, film.jobs[0]?.id),
    );
    nowMs += Care.QUIET_MS + 1;
    const round = await Clock.at(nowMs, () => Care.sweep());
    expect(round.cared).toContainEqual({ videoId: film.id, did: "resent" });
    expect(film.answers).toHaveLength(1);
  });

  it.each([
    { after: "within the minute", laterMs: messageReturnsMs },
    { after: "much later", laterMs: 20 * 60_000 },
  ])(
    "7: submit dies after CreateJob, and comes back $after: no second job",
    async ({ laterMs }) => {
      const film = await Film.open();
      cloud.jobs.fault = (when) => {
        if (when === "after") throw new Lost();
      };
      expect(await film.submit()).toBe(false);
      cloud.jobs.fault = undefined;
      nowMs += laterMs;
      expect(await film.submit()).toBe(true);
      expect(film.jobs).toHaveLength(1);
      expect((await film.attempt())?.jobId).toBe(film.jobs[0]?.id);
    },
  );

  it("8: the message comes twice at once: the second waits, then finds the job", async () => {
    const film = await Film.open();
    const results = await Promise.all([film.submit(), film.submit()]);
    expect(results.toSorted()).toEqual([false, true]);
    nowMs += messageReturnsMs;
    expect(await film.submit()).toBe(true);
    expect(film.jobs).toHaveLength(1);
  });

  it("9: the task is tried again while its job runs: the new token is answered", async () => {
    const film = await Film.open();
    await film.submit();
    film.resend();
    expect(await film.submit()).toBe(true);
    expect(await film.submit(0)).toBe(true); // the old message is dropped
    await film.hear("COMPLETE");
    expect(film.answers.map(({ token }) => token)).toEqual([film.tokens[1]]);
    expect(film.jobs).toHaveLength(1);
  });

  it("10, 11: the job ended while nobody waited: the next delivery answers at once", async () => {
    const film = await Film.open();
    await film.submit();
    cloud.machine.giveUp(film.tokens[0] ?? "");
    await film.hear("COMPLETE");
    expect(film.answers).toHaveLength(0);
    film.resend();
    expect(await film.submit()).toBe(true);
    expect(film.answers.map(({ token }) => token)).toEqual([film.tokens[1]]);
    expect(film.jobs).toHaveLength(1);
  });

  it("12: a newer attempt has the film: the older one makes no job and ends quietly", async () => {
    const film = await Film.open();
    await Table.put({
      ...Video.keyOf(film.id),
      videoId: film.id,
      status: "VALIDATING",
      attempt: 2,
    });
    expect(await film.submit()).toBe(true);
    expect(film.jobs).toHaveLength(0);
    expect(film.answers).toEqual([{ token: film.tokens[0], error: "Superseded" }]);
  });

  it.each([
    { whose: "an unknown film", of: () => Id.newVideo() },
    { whose: "a film that has another job", of: (film: Film) => film.id },
  ])("13: an event about $whose changes nothing", async ({ of }) => {
    const film = await Film.open();
    await film.submit();
    const before = await film.attempt();
    expect(await survives(() => Encode.hear(spoke(of(film), "1-foreign", "COMPLETE")))).toBe(true);
    expect(await film.attempt()).toEqual(before);
    expect(film.answers).toHaveLength(0);
  });

  it("an event about a job nobody tried to create teaches nothing", async () => {
    const film = await Film.open();
    await survives(() => Encode.hear(spoke(film.id, "1-foreign", "COMPLETE")));
    expect((await film.attempt())?.jobId).toBeUndefined();
  });

  it("a failed job fails the task with a problem of ours", async () => {
    const film = await Film.open();
    await film.submit();
    await survives(() => Encode.hear(spoke(film.id, film.jobs[0]?.id ?? "", "ERROR")));
    expect(film.answers).toEqual([{ token: film.tokens[0], error: "SourceUnreadable" }]);
  });

  it("a throttled CreateJob leaves no mark, unless an earlier delivery left it", async () => {
    const film = await Film.open();
    cloud.jobs.fault = () => {
      throw named("TooManyRequestsException");
    };
    await film.submit();
    expect((await film.attempt())?.createTriedAtMs).toBeUndefined();
    cloud.jobs.fault = (when) => {
      if (when === "before") throw new Lost();
    };
    await film.submit();
    const { createTriedAtMs } = (await film.attempt()) ?? {};
    expect(createTriedAtMs).toBe(nowMs);
    nowMs += messageReturnsMs;
    cloud.jobs.fault = () => {
      throw named("TooManyRequestsException");
    };
    await film.submit();
    cloud.jobs.fault = undefined;
    expect((await film.attempt())?.createTriedAtMs).toBe(createTriedAtMs);
  });

  it("a refused CreateJob fails the task at once", async () => {
    const film = await Film.open();
    cloud.jobs.fault = () => {
      throw named("BadRequestException");
    };
    expect(await film.submit()).toBe(true);
    cloud.jobs.fault = undefined;
    expect(film.answers).toEqual([{ token: film.tokens[0], error: "EncodeRejected" }]);
  });

  it("COMPLETE overtakes PROGRESSING: late progress moves nothing back", async () => {
    const film = await Film.open();
    await film.submit();
    await film.hear("COMPLETE");
    await Table.put({ ...Video.keyOf(film.id), videoId: film.id, status: "READY", attempt: 1 });
    expect(await film.hear("PROGRESSING")).toBe(true);
    expect((await Video.find(film.id))?.status).toBe("READY");
  });
});

describe("the dead letters of the encodes queue", () => {
  const unsent = (film: Film) =>
    survives(() =>
      Care.unsent({ videoId: film.id, attempt: 1, delivery: 0, taskToken: film.tokens[0] ?? "" }),
    );

  it("fail the task of an attempt without a job", async () => {
    const film = await Film.open();
    await unsent(film);
    expect(film.answers).toEqual([{ token: film.tokens[0], error: "EncodeUnsent" }]);
  });

  it("leave an attempt alone that has a job, even one whose id nobody wrote down", async () => {
    const film = await Film.open();
    cloud.jobs.fault = (when) => {
      if (when === "after") throw new Lost();
    };
    await film.submit();
    cloud.jobs.fault = undefined;
    await unsent(film);
    expect(film.answers).toHaveLength(0);
    expect((await film.attempt())?.jobId).toBe(film.jobs[0]?.id);
  });
});

describe("whatever goes wrong, in whatever order", () => {
  type Fault = "none" | "throttled" | "lost before" | "lost after";
  const fault = fc.constantFrom<Fault>("none", "throttled", "lost before", "lost after");
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant("submit" as const), fault, twice: fc.boolean() }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("wait" as const),
        ms: fc.constantFrom(16_000, 36_000, 61_000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("event" as const),
        status: fc.constantFrom("PROGRESSING" as const, "COMPLETE" as const),
        lost: fc.constantFrom("no", "before", "after"),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("old message" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("time out" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
  );

  it("an attempt has one job at most, and the waiting task is answered once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 12 }),
        fc.constantFrom(0, 30_000),
        async (steps, searchLagMs) => {
          cloud.jobs.searchLagMs = searchLagMs;
          const film = await Film.open();
          for (const next of steps) await take(film, next);
          await film.leaveFlight();
          // in the end everything works: the message, or its dead letter's sweeper, gets through
          for (let round = 0; round < 3 && film.jobs.length === 0; round += 1) {
            nowMs += messageReturnsMs + 1;
            await film.submit();
          }
          nowMs += messageReturnsMs + 1;
          await film.submit();
          await film.hear("COMPLETE");
          await film.hear("COMPLETE");
          expect(film.jobs).toHaveLength(1);
          expect(film.answers.filter(({ token }) => token === film.tokens.at(-1))).toHaveLength(1);
          expect(new Set(film.answers.map(({ token }) => token)).size).toBe(film.answers.length);
          expect((await film.attempt())?.jobId).toBe(film.jobs[0]?.id);
        },
      ),
      { numRuns: 150, interruptAfterTimeLimit: 8_000 },
    );
  });

  async function take(film: Film, next: Step) {
    switch (next.do) {
      case "submit":
        cloud.jobs.fault = encoderFault(next.fault);
        await Promise.all([film.submit(), ...(next.twice ? [film.submit()] : [])]);
        cloud.jobs.fault = undefined;
        return;
      case "old message":
        await film.submit(0);
        return;
      case "event":
        if (next.lost !== "no") {
          cloud.machine.fault = (_, when) => {
            if (when === next.lost) throw new Lost();
          };
        }
        await film.hear(next.status);
        cloud.machine.fault = undefined;
        return;
      case "time out":
        if (film.answers.some(({ token }) => token === film.tokens.at(-1))) return;
        film.resend();
        return;
      case "sweep":
        await survives(() => Care.sweep());
        return;
      case "wait":
        nowMs += next.ms;
    }
  }

  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  function encoderFault(fault: Fault) {
    if (fault === "none") return undefined;
    return (when: "before" | "after") => {
      if (fault === "throttled") throw named("TooManyRequestsException");
      if (fault === `lost ${when}`) throw new Lost();
    };
  }
});
