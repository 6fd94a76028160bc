import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clip, written } from "../support/media.ts";
import { failedOnce, openStage, readyOnce, refusal, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** A film's end is written, and then something breaks: it is announced all the same, under one id. */

let stage: Stage;
let source: string;

beforeAll(async () => {
  stage = await openStage();
  source = await clip({ seconds: 1 });
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

describe.concurrent("a film whose end is written is announced once", () => {
  it("when Record outputs publishes and then only fails: by the sweeper's hand", async () => {
    const film = stage.film("published-unanswered.mp4");
    const { RecordFunction = "" } = stage.laptop.endpoints.resources;
    let records = 0;
    stage.meddler.around("lambda", "Invoke", film, async ({ input, pass }) => {
      const answer = await pass();
      if (!String(input.FunctionName).includes(RecordFunction)) return answer;
      records += 1;
      if (records > 1) return answer;
      const lost = { errorType: "Surprise", errorMessage: "The answer was lost." };
      return { StatusCode: 200, FunctionError: "Unhandled", Payload: JSON.stringify(lost) };
    });
    await stage.drop(film, source);
    expect(await stage.story(film)).toEqual({ ...readyOnce, announced: [] });
    expect(await stage.sweep(film)).toBe("announced again");
    await until("its announcement", () => stage.meddler.announced(film).length > 0);
    const told = { ...readyOnce, executions: ["SUCCEEDED", "SUCCEEDED"] };
    expect(await stage.story(film)).toEqual(told);
    expect((await stage.timeline(film)).filter((what) => what === "READY")).toEqual(["READY"]);
  });

  it.each([
    {
      end: "READY",
      file: () => source,
      story: { ...readyOnce, executions: ["SUCCEEDED", "ABORTED"] },
    },
    {
      end: "FAILED",
      file: () => written("text.mp4", "not a film"),
      story: failedOnce("SourceNotMedia", { executions: ["SourceNotMedia", "ABORTED"] }),
    },
  ])(
    "when somebody stops its execution before it has announced $end",
    async ({ end, file, story }) => {
      const film = stage.film(`stopped-${end}.mp4`);
      stage.meddler.around("sns", "Publish", film, async ({ pass, nth }) => {
        if (nth > 1) return pass();
        const [running] = await stage.executions(film);
        await stage.states.send(new StopExecutionCommand({ executionArn: running?.executionArn }));
        throw refusal("InternalError", 500);
      });
      await stage.drop(film, file());
      await until("its announcement", () => stage.meddler.announced(film).length > 0);
      expect(await stage.story(film)).toEqual(story);
      const told = await until("its timeline", async () => {
        const now = await stage.timeline(film);
        return now.includes(end) && now;
      });
      expect(told.filter((what) => what === end)).toEqual([end]);
    },
  );
});
