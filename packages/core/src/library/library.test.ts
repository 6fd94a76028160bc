import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import { ann, bob, code, eve, film, openLibrary, root } from "./library.testing.ts";
import * as Library from "./library.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openLibrary();
});
afterAll(() => cloud.close());

describe("a film that is shown", () => {
  it("is not found when it is foreign, missing, deleted or no id: always the same", async () => {
    const foreign = await film();
    const deleted = await film({ deletedAtMs: 1, visibility: "public" });
    const strange: [Actor.Actor | undefined, string][] = [
      [bob, foreign],
      [undefined, foreign],
      [bob, Id.newVideo()],
      [bob, deleted],
      [ann, deleted],
      [root, deleted],
      [bob, "vid_1"],
      [bob, "__proto__"],
    ];
    const told = await Promise.all(
      strange.map(([who, id]) =>
        Library.show(who, id).catch(({ code, message, about }) => ({ code, message, about })),
      ),
    );
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(told[0]).toMatchObject(code("VideoNotFound"));
  });

  const whole = {
    visibility: "public",
    sharedWith: ["eve"],
    status: "FAILED",
    expects: undefined,
    attempt: 2,
    problem: { code: "SourceEmpty", message: "no bytes" },
    found: {
      container: "mp4",
      durationMs: 1500,
      sizeBytes: 9,
      audio: { codec: "AAC", channels: 2, tracks: 1 },
    },
    cost: { attempt: 2, estimatedUsd: 0.1, asOf: "2026-11-01" },
    published: {
      attempt: 1,
      atMs: 1000,
      bucket: "b",
      prefix: "p/",
      durationMs: 2000,
      sizeBytes: 7,
      hlsKey: "h",
      dashKey: "d",
      downloads: [],
      renditions: [
        {
          kind: "video",
          codec: "avc1",
          widthPx: 4,
          heightPx: 2,
          averageKbps: 1,
          peakKbps: 2,
          sizeBytes: 3,
          playlistKey: "secret",
        },
      ],
    },
  };

  it("shows its owner and operators all, and others what may be watched", async () => {
    const id = await film(whole);
    const closer = {
      ownerId: "ann",
      sharedWith: ["eve"],
      source: { container: "mp4", durationSeconds: 1.5, audio: { codec: "AAC" } },
      problem: { code: "SourceEmpty", message: "no bytes", retry: false, help: expect.any(String) },
      cost: { estimatedUsd: 0.1 },
    };
    const own = (await Library.show(ann, id)).video;
    expect(own).toMatchObject({ relation: "own", ...closer });
    expect((await Library.show(root, id)).video).toMatchObject({ relation: "operator", ...closer });
    for (const [who, relation] of [
      [eve, "shared"],
      [bob, "public"],
      [undefined, "public"],
    ] as const) {
      const { video } = await Library.show(who, id);
      expect(video.relation).toBe(relation);
      expect(video.published).toEqual({
        attempt: 1,
        at: "1970-01-01T00:00:01.000Z",
        durationSeconds: 2,
        sizeBytes: 7,
        renditions: [
          {
            kind: "video",
            codec: "avc1",
            width: 4,
            height: 2,
            averageKbps: 1,
            peakKbps: 2,
            sizeBytes: 3,
          },
        ],
      });
      for (const name of [...Object.keys(closer), "warnings", "upload", "profile", "options"]) {
        expect(video).not.toHaveProperty(name);
      }
    }
    expect(JSON.stringify(own)).not.toContain("secret");
  });

  const past = { expiresAtMs: 1 };
  it.each([
    { row: {}, phase: "waiting-for-upload", percent: 0 },
    { row: { fetching: true }, phase: "fetching", percent: 0 },
    {
      row: { fetching: true, progress: { phase: "fetching", percent: 37 } },
      phase: "fetching",
      percent: 37,
    },
    { row: { status: "VALIDATING" }, phase: "looking", percent: 0 },
    {
      row: { status: "VALIDATING", held: { sinceMs: 1 } },
      phase: "waiting-for-budget",
      percent: 0,
    },
    { row: { status: "PENDING" }, phase: "queued", percent: 0 },
    { row: { status: "TRANSCODING" }, phase: "encoding", percent: 0 },
    { row: { status: "TRANSCODING", progress: { percent: 41.9 } }, phase: "encoding", percent: 41 },
    { row: { status: "TRANSCODING", progress: { percent: 100 } }, phase: "encoding", percent: 99 },
    { row: { status: "READY" }, phase: "ready", percent: 100 },
    { row: { status: "CANCELED", ...past }, phase: "canceled", percent: 0 },
    {
      row: { status: "FAILED", problem: { code: "Canceled" }, ...past },
      phase: "failed",
      percent: 0,
    },
    // somebody sends it another source
    { row: { status: "CANCELED" }, phase: "waiting-for-upload", percent: 0 },
    { row: { status: "CANCELED", fetching: true }, phase: "fetching", percent: 0 },
  ])("with $row is $phase at $percent", async ({ row, phase, percent }) => {
    const { video } = await Library.show(ann, await film(row));
    expect(video).toMatchObject({ phase, percent });
  });

  it.each([
    { row: { status: "TRANSCODING" }, settled: false },
    { row: { status: "READY", ...past }, settled: true },
    { row: { status: "FAILED", problem: { code: "Canceled" }, ...past }, settled: true },
    // a source is on its way, and shows only to who looks closer
    { row: { status: "READY" }, settled: false },
    { row: { status: "READY", fetching: true }, settled: false },
  ])("with $row is settled: $settled", async ({ row, settled }) => {
    const { video } = await Library.show(bob, await film({ visibility: "public", ...row }));
    expect(video).toMatchObject({ settled });
  });
});

describe("a tag", () => {
  it("is the same while nothing changes, and differs by who looks", async () => {
    const id = await film({ visibility: "public" });
    const { etag } = await Library.show(ann, id);
    expect((await Library.show(ann, id)).etag).toBe(etag);
    expect((await Library.show(bob, id)).etag).not.toBe(etag);
    expect(etag).toMatch(/^"0-[A-Za-z0-9_-]{22}"$/);
    await Table.change(Video.keyOf(id), {
      update: "SET #status = :s",
      condition: "attribute_exists(PK)",
      names: { "#status": "status" },
      values: { ":s": "PENDING" },
    });
    expect((await Library.show(ann, id)).etag).not.toBe(etag);
  });
});
