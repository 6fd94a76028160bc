import { Problem } from "@rushes/core/problem";
import type { SQSEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { queue } from "./queue.ts";
import { schedule } from "./schedule.ts";
import { task } from "./task.ts";

const lines: string[] = [];
// so that the logger speaks through the console, where a test can listen
process.env.POWERTOOLS_DEV = "true";
beforeEach(() => {
  lines.length = 0;
  for (const level of ["info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)));
  }
});
afterEach(() => vi.restoreAllMocks());

const Film = z.object({
  videoId: z.string(),
  attempt: z.number(),
  taskToken: z.string().optional(),
});
const secret = "AAAAKgAAAAIAAAAAtoken";

describe("the door of a step", () => {
  it("lets what is expected in, and the answer out", async () => {
    const handler = task(
      Film,
      (film) => film,
      async ({ attempt }) => ({ attempt: attempt + 1 }),
    );
    expect(await handler({ videoId: "vid_1", attempt: 1 })).toEqual({ attempt: 2 });
  });

  it("refuses anything else by name, without repeating it", async () => {
    const handler = task(
      Film,
      (film) => film,
      async () => "never",
    );
    const refused = handler({ videoId: 5, attempt: secret });
    await expect(refused).rejects.toThrow(expect.objectContaining({ name: "EventUnreadable" }));
    await expect(refused).rejects.not.toThrow(secret);
  });

  it.each([
    { thrown: new Problem("SourceEmpty"), name: "SourceEmpty" },
    { thrown: new TypeError("x is not a function"), name: "Unexpected" },
    {
      thrown: Object.assign(new Error("slow"), { name: "ThrottlingException" }),
      name: "ServiceBusy",
    },
    {
      thrown: Object.assign(new Error("gone"), { $metadata: { httpStatusCode: 503 } }),
      name: "ServiceBusy",
    },
    {
      thrown: Object.assign(new Error("no"), { $metadata: { httpStatusCode: 403 } }),
      name: "Unexpected",
    },
    { thrown: Object.assign(new Error("cut"), { code: "ECONNRESET" }), name: "ServiceBusy" },
    { thrown: "just text", name: "Unexpected" },
  ])("tells $thrown as $name, so that the machine can catch it", async ({ thrown, name }) => {
    const handler = task(
      Film,
      (film) => film,
      () => Promise.reject(thrown),
    );
    await expect(handler({ videoId: "vid_1", attempt: 1 })).rejects.toThrow(
      expect.objectContaining({ name }),
    );
  });

  it("logs the film as correlation id, and nothing of what came or went", async () => {
    const handler = task(
      Film,
      (film) => film,
      async () => ({ cookie: secret }),
    );
    await handler({ videoId: "vid_1", attempt: 3, taskToken: secret });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { correlation_id: "vid_1", attempt: 3, message: "done" },
    ]);
    expect(lines.join()).not.toContain(secret);
  });

  it("does not mix up two films", async () => {
    const handler = task(
      Film,
      (film) => film,
      async () => "done",
    );
    await handler({ videoId: "vid_1", attempt: 3 });
    await schedule(async () => "done")();
    expect(lines.at(-1)).not.toContain("vid_1");
  });
});

describe("the door of a queue", () => {
  const events = (...bodies: string[]) =>
    ({ Records: bodies.map((body, at) => ({ messageId: `m${at}`, body })) }) as SQSEvent;

  it("sends back only what failed", async () => {
    const done: number[] = [];
    const handler = queue(
      Film,
      (film) => film,
      async ({ attempt }) => {
        if (attempt === 2) throw new Problem("EncoderBusy");
        done.push(attempt);
      },
    );
    const film = (attempt: number) =>
      JSON.stringify({ videoId: "vid_1", attempt, taskToken: secret });
    expect(await handler(events(film(1), film(2), "not JSON", film(4)))).toEqual({
      batchItemFailures: [{ itemIdentifier: "m1" }, { itemIdentifier: "m2" }],
    });
    expect(done).toEqual([1, 4]);
    expect(lines.join()).not.toContain(secret);
  });

  it("lets a message come again that is not over, and hands on how it came", async () => {
    const seen: unknown[] = [];
    const handler = queue(
      Film,
      (film) => film,
      async ({ attempt }, carried) => {
        seen.push(carried);
        return attempt === 1 ? "again" : "over";
      },
    );
    const body = (attempt: number) => JSON.stringify({ videoId: "vid_1", attempt });
    const { Records } = events(body(1), body(2));
    const received = Records.map((record) => ({ ...record, receiptHandle: record.messageId }));
    const before = Date.now();
    expect(await handler({ Records: received }, { getRemainingTimeInMillis: () => 5000 })).toEqual({
      batchItemFailures: [{ itemIdentifier: "m0" }],
    });
    expect(seen).toMatchObject([{ receiptHandle: "m0" }, { receiptHandle: "m1" }]);
    expect((seen[0] as { untilMs: number }).untilMs).toBeGreaterThanOrEqual(before + 5000);
  });
});
