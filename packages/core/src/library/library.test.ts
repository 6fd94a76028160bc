import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import { Clock } from "../clock/index.ts";
import { Id } from "../id/index.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import { Video } from "../video/index.ts";
import { ann, bob, code, eve, file, openLibrary, root } from "./library.testing.ts";
import * as Library from "./library.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openLibrary();
});
afterAll(() => cloud.close());

/** A film of ann's, with more in its row. */
async function film(row: object = {}): Promise<Id.VideoId> {
  const { video } = await Library.open(ann, file);
  await Table.put({
    ...(await Table.read(Video.keyOf(video.id))),
    ...Video.keyOf(video.id),
    ...row,
  });
  return video.id;
}

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

  it.each([
    { header: '"0-a"', known: true },
    { header: 'W/"0-a"', known: true },
    { header: '"x", "0-a"', known: true },
    { header: "*", known: true },
    { header: '"0-b"', known: false },
    { header: "0-a", known: false },
    { header: undefined, known: false },
  ])("$header is known: $known", ({ header, known }) => {
    expect(Library.isKnown(header, '"0-a"')).toBe(known);
  });
});

describe("a change", () => {
  it("is cleaned as everything people say, and counted", async () => {
    const id = await film();
    const { video, etag } = await Clock.at(2e12, () =>
      Library.change(ann, id, {
        title: " New\u0000 ",
        description: "x",
        tags: ["b", "b"],
        visibility: "public",
        sharedWith: ["eve", "eve", "ann"],
      }),
    );
    expect(video).toMatchObject({
      title: "New",
      description: "x",
      tags: ["b"],
      visibility: "public",
      sharedWith: ["eve"],
      updatedAt: new Date(2e12).toISOString(),
    });
    expect(etag).toMatch(/^"1-/);
    expect((await Library.list(ann, { title: "new" })).items.map((each) => each.id)).toEqual([id]);
    expect((await Library.change(ann, id, { description: "" })).video).not.toHaveProperty(
      "description",
    );
  });

  it("of nothing changes nothing", async () => {
    const id = await film();
    const { etag } = await Library.show(ann, id);
    expect((await Library.change(ann, id, {})).etag).toBe(etag);
    expect((await Library.change(ann, id, { title: "Holiday", tags: [] })).etag).toBe(etag);
  });

  it("goes by the revision: what machines write meanwhile is no change", async () => {
    const id = await film();
    const { etag } = await Library.show(ann, id);
    await Table.change(Video.keyOf(id), {
      update: "SET progress = :p",
      condition: "attribute_exists(PK)",
      values: { ":p": { phase: "P", percent: 4 } },
    });
    const changed = await Library.change(ann, id, { title: "One" }, etag);
    await expect(Library.change(ann, id, { title: "Two" }, etag)).rejects.toMatchObject(
      code("RevisionOld"),
    );
    for (const none of ["", "1", '"x"', '"01-a"', '"-1"']) {
      await expect(Library.change(ann, id, { title: "Two" }, none)).rejects.toMatchObject(
        code("RevisionOld"),
      );
    }
    const weak = `"other", W/${changed.etag}`;
    expect((await Library.change(ann, id, { title: "Two" }, weak)).video.title).toBe("Two");
    expect((await Library.change(ann, id, { title: "Three" }, "*")).video.title).toBe("Three");
  });

  it("of several at once with one tag is one", async () => {
    const id = await film();
    const { etag } = await Library.show(ann, id);
    const asked = await Promise.allSettled(
      ["a", "b", "c"].map((title) => Library.change(ann, id, { title }, etag)),
    );
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await Video.require(id)).revision).toBe(1);
  });

  it("of several at once without a tag is all of them", async () => {
    const id = await film();
    await Promise.all([
      Library.change(ann, id, { title: "t" }),
      Library.change(ann, id, { description: "d" }),
      Library.change(ann, id, { sharedWith: ["eve"] }),
    ]);
    expect(await Video.require(id)).toMatchObject({
      title: "t",
      description: "d",
      sharedWith: ["eve"],
      revision: 3,
    });
  });

  it("keeps a share beside the film, and takes it away with it", async () => {
    const id = await film();
    const most = Array.from({ length: Video.limits.sharedWith }, (_, n) => `old-${n}`);
    await Library.change(ann, id, { sharedWith: most });
    // every one replaced by another: still one write
    await Library.change(ann, id, { sharedWith: most.map((sub) => sub.replace("old", "new")) });
    expect(await Table.read(Library.shareKeyOf("old-0", id))).toBeUndefined();
    expect(await Table.read(Library.shareKeyOf("new-0", id))).toMatchObject({ videoId: id });
    await expect(
      Library.change(ann, id, { sharedWith: [...most, "one more"] }),
    ).rejects.toMatchObject({
      ...code("RequestInvalid"),
      about: { fields: [{ path: "sharedWith" }] },
    });
  });

  it.each(["", "a\u0000", "\ud83c", "x".repeat(256), "é"])(
    "that shares it with %j is refused: nobody is called so",
    async (sub) => {
      await expect(
        Library.change(ann, await film(), { sharedWith: ["eve", sub] }),
      ).rejects.toMatchObject({ about: { fields: [{ path: "sharedWith.1" }] } });
    },
  );

  it.each([
    { who: bob, refused: "VideoNotFound" },
    { who: eve, refused: "Forbidden" },
    { who: { ...ann, groups: ["viewer"] }, refused: "Forbidden" },
    { who: { ...ann, groups: [] }, refused: "Forbidden" },
  ])("by $who is refused: $refused", async ({ who, refused }) => {
    const id = await film({ sharedWith: ["eve"] });
    await expect(Library.change(who, id, { title: "x" })).rejects.toMatchObject(code(refused));
  });

  it("by an operator is one", async () => {
    expect((await Library.change(root, await film(), { title: "x" })).video.title).toBe("x");
  });

  it("to a title of which nothing can be shown is refused by its name", async () => {
    await expect(Library.change(ann, await film(), { title: " \u0007 " })).rejects.toMatchObject({
      ...code("RequestInvalid"),
      about: { fields: [{ path: "title" }] },
    });
  });

  it("never brings a film back that is on its way out", async () => {
    const id = await film({ deletedAtMs: 1 });
    await expect(Library.change(ann, id, { title: "x" })).rejects.toMatchObject(
      code("VideoNotFound"),
    );
  });
});
