import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Care from "../care/index.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import { problems } from "../problem/index.ts";
import { Lost, openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { named } from "../testing/small-machine.ts";
import * as Video from "../video/index.ts";
import * as Encode from "./encode.ts";
import { Film, messageReturnsMs, Stage, spoke } from "./protocol.testing.ts";
import { details, envelope } from "./spoke.fixtures.ts";

let cloud: SmallCloud;
let stage: Stage;
beforeAll(async () => {
  cloud = await openSmallCloud();
  stage = new Stage(cloud);
});
afterAll(() => cloud.close());

describe("one attempt, one job, one answer", () => {
  it("1: token, job, id, event: the event resumes", async () => {
    const film = await Film.open(stage);
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
    const film = await Film.open(stage);
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
    const film = await Film.open(stage);
    await film.submit();
    expect(await Promise.all([film.hear("COMPLETE"), film.hear("COMPLETE")])).toEqual([true, true]);
    expect(await film.hear("COMPLETE")).toBe(true);
    expect(film.answers).toHaveLength(1);
  });

  it("5: a handler dies between its write and its answer: the event again sends it", async () => {
    const film = await Film.open(stage);
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
    const film = await Film.open(stage);
    await film.submit();
    await Clock.at(stage.nowMs, () =>
      Attempt.end(film.id, 1, { status: "COMPLETE", atMs: stage.nowMs }, film.jobs[0]?.id),
    );
    stage.nowMs += Care.QUIET_MS + 1;
    const round = await Clock.at(stage.nowMs, () => Care.sweep());
    expect(round.cared).toContainEqual({ videoId: film.id, did: "resent" });
    expect(film.answers).toHaveLength(1);
  });

  it.each([
    { after: "within the minute", laterMs: messageReturnsMs },
    { after: "much later", laterMs: 20 * 60_000 },
  ])(
    "7: submit dies after CreateJob, and comes back $after: no second job",
    async ({ laterMs }) => {
      const film = await Film.open(stage);
      cloud.jobs.fault = (when) => {
        if (when === "after") throw new Lost();
      };
      expect(await film.submit()).toBe(false);
      cloud.jobs.fault = undefined;
      stage.nowMs += laterMs;
      expect(await film.submit()).toBe(true);
      expect(film.jobs).toHaveLength(1);
      expect((await film.attempt())?.jobId).toBe(film.jobs[0]?.id);
    },
  );

  it("8: the message comes twice at once: the second waits, then finds the job", async () => {
    const film = await Film.open(stage);
    const results = await Promise.all([film.submit(), film.submit()]);
    expect(results.toSorted()).toEqual([false, true]);
    stage.nowMs += messageReturnsMs;
    expect(await film.submit()).toBe(true);
    expect(film.jobs).toHaveLength(1);
  });

  it("9: the task is tried again while its job runs: the new token is answered", async () => {
    const film = await Film.open(stage);
    await film.submit();
    film.resend();
    expect(await film.submit()).toBe(true);
    expect(await film.submit(0)).toBe(true); // the old message is dropped
    await film.hear("COMPLETE");
    expect(film.answers.map(({ token }) => token)).toEqual([film.tokens[1]]);
    expect(film.jobs).toHaveLength(1);
  });

  it("10, 11: the job ended while nobody waited: the next delivery answers at once", async () => {
    const film = await Film.open(stage);
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
    const film = await Film.open(stage);
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
    const film = await Film.open(stage);
    await film.submit();
    const before = await film.attempt();
    expect(
      await stage.survives(() =>
        Encode.hear(spoke(of(film), "1-foreign", "COMPLETE", stage.nowMs)),
      ),
    ).toBe(true);
    expect(await film.attempt()).toEqual(before);
    expect(film.answers).toHaveLength(0);
  });

  it("an event about a job nobody tried to create teaches nothing", async () => {
    const film = await Film.open(stage);
    await stage.survives(() => Encode.hear(spoke(film.id, "1-foreign", "COMPLETE", stage.nowMs)));
    expect((await film.attempt())?.jobId).toBeUndefined();
  });

  it("a failed job fails the task with a problem of ours", async () => {
    const film = await Film.open(stage);
    await film.submit();
    await stage.survives(() =>
      Encode.hear(spoke(film.id, film.jobs[0]?.id ?? "", "ERROR", stage.nowMs)),
    );
    expect(film.answers).toEqual([{ token: film.tokens[0], error: "SourceUnreadable" }]);
  });

  it("what the encoder quotes of a file is one line, and can be stored", async () => {
    const film = await Film.open(stage);
    await film.submit();
    const event = spoke(film.id, film.jobs[0]?.id ?? "", "ERROR", stage.nowMs);
    const errorMessage = `\u001b[31mbroken\r\n${"🎬".repeat(200)}`;
    if (event.detail.status !== "ERROR") throw new Error("another event");
    const detail = { ...event.detail, errorMessage };
    expect(await stage.survives(() => Encode.hear({ ...event, detail }))).toBe(true);
    const { message = "" } = (await film.attempt())?.terminal?.problem ?? {};
    expect(message).toMatch(/MediaConvert 1010: .\[31mbroken 🎬/u);
    expect(message).not.toMatch(/\p{Cc}|\p{Cs}/u);
  });

  it("a throttled CreateJob leaves no mark, unless an earlier delivery left it", async () => {
    const film = await Film.open(stage);
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
    expect(createTriedAtMs).toBe(stage.nowMs);
    stage.nowMs += messageReturnsMs;
    cloud.jobs.fault = () => {
      throw named("TooManyRequestsException");
    };
    await film.submit();
    cloud.jobs.fault = undefined;
    expect((await film.attempt())?.createTriedAtMs).toBe(createTriedAtMs);
  });

  it("a refused CreateJob fails the task at once", async () => {
    const film = await Film.open(stage);
    cloud.jobs.fault = () => {
      throw named("BadRequestException");
    };
    expect(await film.submit()).toBe(true);
    cloud.jobs.fault = undefined;
    expect(film.answers).toEqual([{ token: film.tokens[0], error: "EncodeRejected" }]);
    const { terminal } = (await film.attempt()) ?? {};
    expect(terminal?.problem).toEqual({
      code: "EncodeRejected",
      message: problems.EncodeRejected.help,
    });
    expect(terminal?.said).toContain("BadRequest");
  });

  it("a COMPLETE keeps how long each output became: it is billed by that", async () => {
    const film = await Film.open(stage);
    await film.submit();
    const detail = {
      ...details.COMPLETE,
      jobId: film.jobs[0]?.id,
      userMetadata: { app: "rushes", stage: "test", videoId: film.id, attempt: "1" },
    };
    await stage.survives(() => Encode.hear(Encode.Spoke.parse({ ...envelope, detail })));
    expect((await film.attempt())?.terminal?.outputs).toEqual([
      [{ durationMs: 100_100 }, { durationMs: 100_117 }],
    ]);
  });

  it("a film that is cancelled before its message is taken makes no job", async () => {
    const film = await Film.open(stage);
    expect(await Clock.at(stage.nowMs, () => Encode.halt(film.id, 1))).toBe("over");
    await film.submit();
    expect(film.jobs).toEqual([]);
    expect(film.answers).toEqual([{ token: film.tokens[0], error: "EncodeCanceled" }]);
  });

  it("a job that may exist is looked for until it can be said that it does not", async () => {
    const film = await Film.open(stage);
    cloud.jobs.fault = (when) => {
      if (when === "before") throw new Lost();
    };
    await film.submit();
    cloud.jobs.fault = undefined;
    const halt = () => Clock.at(stage.nowMs, () => Encode.halt(film.id, 1));
    expect(await halt()).toBe("stopping");
    stage.nowMs += 3 * 60_000;
    expect(await halt()).toBe("over");
    expect((await film.attempt())?.terminal?.problem?.code).toBe("EncodeLost");
  });

  it("COMPLETE overtakes PROGRESSING: late progress moves nothing back", async () => {
    const film = await Film.open(stage);
    await film.submit();
    await film.hear("COMPLETE");
    await Table.put({ ...Video.keyOf(film.id), videoId: film.id, status: "READY", attempt: 1 });
    expect(await film.hear("PROGRESSING")).toBe(true);
    expect((await Video.find(film.id))?.status).toBe("READY");
  });
});

describe("the dead letters of the encodes queue", () => {
  const unsent = (film: Film) =>
    stage.survives(() =>
      Care.unsent({ videoId: film.id, attempt: 1, delivery: 0, taskToken: film.tokens[0] ?? "" }),
    );

  it("fail the task of an attempt without a job", async () => {
    const film = await Film.open(stage);
    await unsent(film);
    expect(film.answers).toEqual([{ token: film.tokens[0], error: "EncodeUnsent" }]);
  });

  it("leave an attempt alone that has a job, even one whose id nobody wrote down", async () => {
    const film = await Film.open(stage);
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
