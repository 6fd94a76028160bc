import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import { ann, bob, code, eve, file, large, MIB, openLibrary, root } from "./library.testing.ts";
import * as Library from "./library.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openLibrary();
});
afterAll(() => cloud.close());

async function rows(PK: string): Promise<Table.Row[]> {
  const found: Table.Row[] = [];
  for await (const row of Table.every({ where: "PK = :pk", values: { ":pk": PK } })) {
    found.push(row);
  }
  return found;
}

describe("a new film", () => {
  it("waits for its file, which goes by one PUT when it is small", async () => {
    const { video, upload } = await Library.open(ann, {
      ...file,
      title: "  Sea\u0007side ",
      description: "Two\nlines",
      tags: ["a", "a", " ", "b"],
      visibility: "public",
      profile: "standard",
      options: { download: false },
    });
    expect(video).toMatchObject({
      title: "Sea side",
      description: "Two\nlines",
      tags: ["a", "b"],
      visibility: "public",
      relation: "own",
      status: "AWAITING_UPLOAD",
      phase: "waiting-for-upload",
      percent: 0,
      attempt: 0,
      playable: false,
      ownerId: "ann",
      sharedWith: [],
      profile: "standard",
      options: { download: false },
      warnings: [],
      upload: { id: upload?.id },
    });
    expect(upload).toMatchObject({ videoId: video.id, kind: "single", state: "open" });
    expect(upload?.put?.headers).toEqual({ "content-type": "video/mp4", "if-none-match": "*" });
    const signed = new URL(upload?.put?.url ?? "").searchParams.get("X-Amz-SignedHeaders");
    expect(signed).toBe("content-length;content-type;host;if-none-match");
  });

  it("is sent in parts when it is large, and S3 hears of it when an address is asked for", async () => {
    const { upload } = await Library.open(ann, large);
    expect(upload).toMatchObject({ kind: "multipart", partSizeBytes: 16 * MIB, partCount: 7 });
    expect(upload).not.toHaveProperty("put");
    expect(cloud.multipart.open.size).toBe(0);
  });

  it("is called like its file until somebody names it", async () => {
    const { video } = await Library.open(ann, { ...file, filename: "../trips/Sea.final.mov" });
    expect(video.title).toBe("Sea.final");
  });

  it("is fetched from the web, once its rows are there", async () => {
    const url = "https://films.example.org/a/Two%20lines.mp4?x=1#y";
    const { video, upload } = await Library.open(ann, { url });
    expect(upload).toBeUndefined();
    expect(video).toMatchObject({ phase: "fetching", title: "Two lines" });
    expect(video).not.toHaveProperty("upload");
    const film = await Video.require(video.id);
    expect(cloud.queues.sent.at(-1)).toEqual({
      queue: "Pulls",
      body: { videoId: video.id, uploadId: film.expects },
    });
  });

  it.each([
    { wish: { ...file, type: "application/pdf" }, refused: "TypeNotAllowed" },
    { wish: { ...file, type: "videos/mp4" }, refused: "TypeNotAllowed" },
    { wish: { ...file, type: "video/mp4\r\nx: y" }, refused: "TypeNotAllowed" },
    { wish: { ...file, sizeBytes: 201 * 1024 * MIB }, refused: "SourceTooLarge" },
    { wish: { ...file, profile: "constructor" }, refused: "ProfileUnknown" },
    { wish: { url: "https://elsewhere.net/a.mp4" }, refused: "AddressNotAllowed" },
    { wish: { url: "http://films.example.org/a.mp4" }, refused: "AddressNotAllowed" },
    { wish: { url: "https://169.254.169.254/" }, refused: "AddressNotAllowed" },
  ])("of $wish is refused: $refused", async ({ wish, refused }) => {
    await expect(Library.open(ann, wish)).rejects.toMatchObject(code(refused));
  });

  it.each([{ who: eve }, { who: { sub: "nobody", groups: [] } }])(
    "is not for $who",
    async ({ who }) => {
      await expect(Library.open(who, file)).rejects.toMatchObject(code("Forbidden"));
    },
  );
});

describe("a request with a key", () => {
  it("opens one film, however often and however many at once", async () => {
    cloud.conflicts.next = 2;
    const opened = await Promise.all(
      Array.from({ length: 8 }, () => Library.open(ann, { ...file, tags: [] }, "k1")),
    );
    expect(new Set(opened.map(({ video }) => video.id)).size).toBe(1);
    expect(new Set(opened.map(({ upload }) => upload?.id)).size).toBe(1);
    expect(opened.every(({ upload }) => upload?.put)).toBe(true);
    expect((await rows("OWNER#ann")).filter(({ SK }) => String(SK).startsWith("IDEM#"))).toEqual([
      expect.objectContaining({ videoId: opened[0]?.video.id, expiresAtS: expect.any(Number) }),
    ]);
  });

  it("is the same whatever the order of its fields, and gets a fresh address", async () => {
    const first = await Clock.at(1e12, () => Library.open(ann, file, "k2"));
    const { type, ...rest } = file;
    const again = await Clock.at(1e12 + 5000, () => Library.open(ann, { type, ...rest }, "k2"));
    expect(again.video.id).toBe(first.video.id);
    expect(again.upload?.put?.url).not.toBe(first.upload?.put?.url);
  });

  it("with another wish is refused, and tells nothing to another user", async () => {
    const { video } = await Library.open(ann, file, "k3");
    await expect(Library.open(ann, { ...file, sizeBytes: 2 }, "k3")).rejects.toMatchObject(
      code("IdempotencyKeyReused"),
    );
    const other = await Library.open(bob, { ...file, sizeBytes: 2 }, "k3");
    expect(other.video.id).not.toBe(video.id);
  });

  it("opens a new film after a day, and none while the first is on its way out", async () => {
    const first = await Clock.at(1e12, () => Library.open(ann, file, "k4"));
    const later = await Clock.at(1e12 + 25 * 3_600_000, () => Library.open(ann, file, "k4"));
    expect(later.video.id).not.toBe(first.video.id);
    await tombstone(later.video.id);
    await expect(
      Clock.at(1e12 + 26 * 3_600_000, () => Library.open(ann, file, "k4")),
    ).rejects.toMatchObject(code("Deleted"));
  });

  it("is remembered on the film, so that the memory goes with it", async () => {
    const { video } = await Library.open(ann, file, "k5");
    const { idem } = await Video.require(video.id);
    expect(await Table.read({ PK: "OWNER#ann", SK: String(idem) })).toMatchObject({
      videoId: video.id,
    });
  });

  it("asks again for what was to be fetched, should the first have died before it did", async () => {
    const wish = { url: "https://films.example.org/b.mp4" };
    const { video } = await Library.open(ann, wish, "k6");
    const before = cloud.queues.sent.length;
    expect((await Library.open(ann, wish, "k6")).video.id).toBe(video.id);
    expect(cloud.queues.sent.length).toBe(before + 1);
  });
});

describe("another source", () => {
  it("is expected, and the upload before it is given up", async () => {
    const { video, upload } = await Library.open(ann, large);
    const next = await Library.replace(ann, video.id, { ...file, profile: "audio" });
    expect(next.upload?.id).not.toBe(upload?.id);
    expect(next.video).toMatchObject({
      status: "AWAITING_UPLOAD",
      upload: { id: next.upload?.id },
      profile: "audio",
    });
    const film = await Video.require(video.id);
    expect(film.revision).toBe(1);
    expect("source" in film && film.source?.key).toContain(next.upload?.id);
    expect(await Table.read({ PK: `VIDEO#${video.id}`, SK: `UPLOAD#${upload?.id}` })).toMatchObject(
      { state: "replaced" },
    );
  });

  it("leaves what can be watched, and what it was made of, as it was", async () => {
    const { video } = await Library.open(ann, file);
    await ready(video.id);
    const { video: after } = await Library.replace(ann, video.id, file);
    expect(after).toMatchObject({ status: "READY", phase: "ready", percent: 100, attempt: 1 });
    const film = await Video.require(video.id);
    expect("source" in film && film.source?.key).toBe("old");
    expect(await Table.read(Video.keyOf(video.id))).toMatchObject({
      inFlight: Video.shardOf(video.id),
    });
  });

  it("may be fetched; then a file again", async () => {
    const { video } = await Library.open(ann, file);
    const pulled = await Library.replace(ann, video.id, { url: "https://a.example.org/c.mp4" });
    expect(pulled.video.phase).toBe("fetching");
    const sent = await Library.replace(ann, video.id, file);
    expect(sent.video.phase).toBe("waiting-for-upload");
  });

  it("is one, of several asked for at once", async () => {
    const { video } = await Library.open(ann, file);
    const asked = await Promise.allSettled(
      Array.from({ length: 4 }, () => Library.replace(ann, video.id, file)),
    );
    expect(asked.some(({ status }) => status === "fulfilled")).toBe(true);
    const { expects } = await Video.require(video.id);
    const uploads = (await rows(`VIDEO#${video.id}`)).filter(({ uploadId }) => uploadId);
    const open = uploads.filter(({ state }) => state === "open");
    expect(open.map(({ uploadId }) => uploadId)).toEqual([expects]);
  });

  it.each([
    { who: eve, refused: "VideoNotFound" },
    { who: bob, refused: "VideoNotFound" },
    { who: { ...ann, groups: ["viewer"] }, refused: "Forbidden" },
    { who: root, refused: undefined },
  ])("from $who: $refused", async ({ who, refused }) => {
    const { video } = await Library.open(ann, file);
    const asked = Library.replace(who, video.id, file);
    if (refused) await expect(asked).rejects.toMatchObject(code(refused));
    else await expect(asked).resolves.toMatchObject({ video: { relation: "operator" } });
  });
});

async function tombstone(id: Video.Video["id"]): Promise<void> {
  await Table.change(Video.keyOf(id), {
    update: "SET deletedAtMs = :now",
    condition: "attribute_exists(PK)",
    values: { ":now": 1 },
  });
}

async function ready(id: Video.Video["id"]): Promise<void> {
  await Table.change(Video.keyOf(id), {
    update:
      "SET #status = :ready, #source = :source, attempt = :one REMOVE expects, inFlight, expiresAtMs",
    condition: "attribute_exists(PK)",
    names: { "#status": "status", "#source": "source" },
    values: { ":ready": "READY", ":source": { bucket: "sources", key: "old" }, ":one": 1 },
  });
}
