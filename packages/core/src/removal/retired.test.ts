import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Care from "../care/index.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import * as Job from "../job/index.ts";
import * as Playback from "../playback/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Removal from "./index.ts";
import * as Retired from "./retired.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());

const nowMs = Date.UTC(2030, 0, 1);
const grantMs = Playback.LONGEST_SECONDS * 1000;

/** A film with two attempts, the files of both, and what is published of it. */
async function film(published: number | undefined, status: Video.Status, sameSource = false) {
  const id = Id.newVideo();
  const sources = [1, 2].map((attempt) => ({
    bucket: "sources",
    key: `uploads/${id}/${sameSource ? 1 : attempt}/source`,
    versionId: "v1",
  }));
  await Table.put({
    ...Video.keyOf(id),
    videoId: id,
    attempt: 2,
    status,
    source: sources[1],
    ...(published ? { published: { attempt: published, atMs: nowMs } } : {}),
  });
  for (const [at, source] of sources.entries()) {
    await Table.put({ ...Attempt.keyOf(id, at + 1), source });
    cloud.shelf.put("sources", source.key, "x", { versionId: "v1" });
    cloud.shelf.put("streams", `${Job.prefix(id, at + 1)}stream/main.m3u8`, "x");
  }
  const has = () =>
    [1, 2].map((attempt) => ({
      files: cloud.shelf.objects.has(`/streams/${Job.prefix(id, attempt)}stream/main.m3u8`),
      source: cloud.shelf.objects.has(`/sources/${sources[attempt - 1]?.key}`),
    }));
  return { id, has };
}

/** The sweeper comes by at some moment, and the queue brings what it asked for. */
async function sweepAt(ms: number, id: Id.VideoId): Promise<void> {
  cloud.queues.sent.length = 0;
  await Clock.at(ms, async () => {
    await Care.sweep();
    for (const { body } of cloud.queues.sent) {
      const asked = Removal.Asked.parse(body);
      if (asked.videoId === id) await Removal.answer(asked);
    }
  });
}

describe("what an attempt left", () => {
  it("goes when the longest grant is over, with its source, once another is published", async () => {
    const { id, has } = await film(1, "PENDING");
    await Clock.at(nowMs, () => Retired.outlive(id, 1));
    await Table.change(Video.keyOf(id), {
      update: "SET published.attempt = :two, #status = :ready",
      condition: "attribute_exists(PK)",
      names: { "#status": "status" },
      values: { ":two": 2, ":ready": "READY" },
    });
    await sweepAt(nowMs + grantMs - 1000, id);
    expect(has()[0]).toEqual({ files: true, source: true });
    await sweepAt(nowMs + grantMs + 2 * 3_600_000, id);
    expect(has()).toEqual([
      { files: false, source: false },
      { files: true, source: true },
    ]);
    expect(await Table.read(Retired.keyOf(id, 1))).toBeUndefined();
  });

  it("stays when the other was never published after all", async () => {
    const { id, has } = await film(1, "FAILED");
    await Clock.at(nowMs, () => Retired.outlive(id, 1));
    await sweepAt(nowMs + 2 * grantMs, id);
    expect(has()[0]).toEqual({ files: true, source: true });
    expect(await Table.read(Retired.keyOf(id, 1))).toBeUndefined();
  });

  it("keeps its source when the next one is made of the same", async () => {
    const { id, has } = await film(2, "READY", true);
    await Clock.at(nowMs, () => Retired.leave(id, 1));
    await sweepAt(nowMs + 3_600_000, id);
    expect(has()[0]).toEqual({ files: false, source: true });
  });

  it.each(["FAILED", "CANCELED"] as const)(
    "goes soon when it came to %s, but not its source: it can be tried again",
    async (status) => {
      const { id, has } = await film(1, status);
      await Clock.at(nowMs, () => Retired.leave(id, 2));
      await sweepAt(nowMs + 3_600_000, id);
      expect(has()).toEqual([
        { files: true, source: true },
        { files: false, source: true },
      ]);
    },
  );

  it("is not written down for what is watched, nor for a film that is deleted", async () => {
    const { id } = await film(1, "READY");
    await Retired.leave(id, 1);
    await Retired.outlive(id, 2);
    for (const attempt of [1, 2]) {
      expect(await Table.read(Retired.keyOf(id, attempt))).toBeUndefined();
    }
    await Removal.begin({ sub: "root", groups: ["admin"] }, id);
    await Retired.leave(id, 2);
    expect(await Table.read(Retired.keyOf(id, 2))).toBeUndefined();
  });
});
