import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Care from "../care/index.ts";
import * as Clock from "../clock/index.ts";
import type { UploadId, VideoId } from "../id/id.ts";
import * as Library from "../library/index.ts";
import { ann, openLibrary } from "../library/library.testing.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Upload from "../upload/index.ts";
import * as Video from "../video/index.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openLibrary();
});
afterAll(() => cloud.close());

const MINUTE_MS = 60_000;
const url = "https://a.example.org/x.mp4";

interface Pull {
  id: VideoId;
  uploadId: UploadId;
  sinceMs: number;
}

/** A film that is to be fetched, and how far somebody was with it. */
async function asked(fetched?: object): Promise<Pull> {
  const { video } = await Library.open(ann, { url });
  const { expects: uploadId, createdAtMs } = await Video.require(video.id);
  if (!uploadId) throw new Error("Nothing is expected.");
  const key = Upload.keyOf(video.id, uploadId);
  if (fetched) await Table.put({ ...key, ...(await Table.read(key)), fetched });
  cloud.queues.sent.length = 0;
  return { id: video.id, uploadId, sinceMs: createdAtMs };
}

/** What the sweeper asks for, so many minutes after the film was opened. */
async function swept({ id, sinceMs }: Pull, minutes: number): Promise<unknown[]> {
  const before = cloud.queues.sent.length;
  await Clock.at(sinceMs + minutes * MINUTE_MS, Care.sweep);
  return cloud.queues.sent
    .slice(before)
    .map(({ body }) => body)
    .filter((body) => (body as { videoId?: string }).videoId === id);
}

describe("a film that is to be fetched", () => {
  it("and that nobody began is asked for again, now and then", async () => {
    const pull = await asked();
    const { id: videoId, uploadId } = pull;
    expect(await swept(pull, 4)).toEqual([]);
    expect(await swept(pull, 6)).toEqual([{ videoId, uploadId }]);
    expect(await swept(pull, 8)).toEqual([]);
    expect(await swept(pull, 12)).toEqual([{ videoId, uploadId }]);
  });

  it("and that nobody goes on with is asked for in a turn of its own", async () => {
    const busyUntilMs = Date.now() + MINUTE_MS;
    const pull = await asked({ turn: 3, by: "somebody", busyUntilMs });
    const { id: videoId, uploadId } = pull;
    expect(await swept(pull, 5.5)).toEqual([]);
    expect(await swept(pull, 7)).toEqual([{ videoId, uploadId, turn: 4 }]);
  });

  it.each([
    { why: "somebody is at it", fetched: { turn: 0, busyUntilMs: Date.now() + 20 * MINUTE_MS } },
    {
      why: "its next message is not due",
      fetched: { turn: 1, busyUntilMs: 0, nextAtMs: Date.now() + 15 * MINUTE_MS },
    },
  ])("is left alone while $why", async ({ fetched }) => {
    expect(await swept(await asked(fetched), 10)).toEqual([]);
  });

  it("is not asked for once it has failed", async () => {
    const pull = await asked();
    await Upload.failed(pull.id, pull.uploadId, { code: "PullFailed", message: "No." });
    expect(await swept(pull, 30)).toEqual([]);
  });
});
