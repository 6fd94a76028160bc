import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Claim } from "../claim/index.ts";
import { Clock } from "../clock/index.ts";
import { Id } from "../id/index.ts";
import { Intake } from "../intake/index.ts";
import { Library } from "../library/index.ts";
import { ann, bob, code, eve, file, large, MIB, openLibrary } from "../library/library.testing.ts";
import { Problem } from "../problem/index.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import { Video } from "../video/index.ts";
import { sizeOfPart } from "./plan.ts";
import * as Upload from "./upload.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openLibrary();
});
afterEach(() => {
  cloud.multipart.before = undefined;
  cloud.multipart.page = 1000;
});
afterAll(() => cloud.close());

const CRC = "y/Q5Jg==";

async function opened(what: typeof file = large, at = Date.now()) {
  const { video, upload } = await Clock.at(at, () => Library.open(ann, what));
  if (!upload) throw new Error("There is no upload.");
  return { id: video.id, uploadId: upload.id };
}

/** What S3 has of an upload. */
async function atS3({ id, uploadId }: { id: Id.VideoId; uploadId: Id.UploadId }) {
  const upload = await Upload.find(id, uploadId);
  const multipartId = upload?.way === "multipart" ? upload.multipartId : undefined;
  return multipartId ? cloud.multipart.open.get(multipartId) : undefined;
}

/** Sends parts, of the planned size unless said otherwise. */
async function send(
  one: { id: Id.VideoId; uploadId: Id.UploadId },
  numbers: number[],
  sizes: Record<number, number> = {},
): Promise<void> {
  const { parts = [] } = await Upload.addresses(ann, one.id, one.uploadId, {
    parts: numbers.map((number) => ({ number, crc32: CRC })),
  });
  const there = await atS3(one);
  for (const { number, sizeBytes } of parts) {
    there?.parts.set(number, { sizeBytes: sizes[number] ?? sizeBytes, crc32: CRC });
  }
}

function arrives(one: { id: Id.VideoId; uploadId: Id.UploadId }, execution: string) {
  const key = Intake.uploadKey(one.id, one.uploadId);
  const arrival = Intake.arrival({
    kind: "arrived",
    event: { id: "e", time: "2030-01-01T00:00:00Z", account: "000000000000" },
    detail: { bucket: { name: "sources" }, object: { key, "version-id": "v", sequencer: "0a" } },
  });
  return Claim.arrived(arrival, execution);
}

describe("a plan", () => {
  it("covers a file with parts that S3 takes, whatever its size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 * 1024 * MIB }), (sizeBytes) => {
        const plan = Upload.plan(Id.newVideo(), { ...file, sizeBytes });
        if (plan.way !== "multipart") return plan.way === "single" && sizeBytes <= 32 * MIB;
        const sizes = Array.from(
          { length: plan.partCount },
          (_, at) => sizeOfPart(plan, at + 1) ?? 0,
        );
        expect(sizes.length).toBeLessThanOrEqual(10_000);
        expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeBytes);
        expect(sizes.slice(0, -1).every((bytes) => bytes === plan.partSizeBytes)).toBe(true);
        expect(plan.partSizeBytes).toBeGreaterThanOrEqual(5 * MIB);
        return (sizes.at(-1) ?? 0) > 0 && sizeOfPart(plan, sizes.length + 1) === undefined;
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["video/mp4", true],
    ["VIDEO/MP4", true],
    ["audio/mpeg", true],
    ["video/mp4; codecs=avc1", true],
    ["image/png", false],
    ["video", false],
    ["video/", false],
    ["video/mp4\n", true],
    ["video/mp4\nx", false],
    ["video/ümp4", false],
    ["xvideo/mp4", false],
  ])("takes the type %j: %s", (type, taken) => {
    const plan = () => Upload.plan(Id.newVideo(), { ...file, type });
    if (taken) expect(plan().type).toBe(type.trim().toLowerCase());
    else expect(plan).toThrow(expect.objectContaining(code("TypeNotAllowed")));
  });
});

describe("addresses of parts", () => {
  it("are for one part each, of exactly its size and checksum", async () => {
    const one = await opened();
    const { parts = [] } = await Clock.at(1e12 + 500, async () => {
      const at = await opened(large, 1e12);
      return Upload.addresses(ann, at.id, at.uploadId, {
        parts: [
          { number: 7, crc32: CRC },
          { number: 1, crc32: CRC },
        ],
      });
    });
    expect(parts).toMatchObject([
      { number: 7, sizeBytes: 4 * MIB, headers: { "x-amz-checksum-crc32": CRC } },
      { number: 1, sizeBytes: 16 * MIB, expiresAt: new Date(1e12 + 3_600_000).toISOString() },
    ]);
    const { searchParams } = new URL(parts[0]?.url ?? "");
    expect(searchParams.get("partNumber")).toBe("7");
    expect(searchParams.get("X-Amz-SignedHeaders")).toBe(
      "content-length;host;x-amz-checksum-crc32",
    );
    expect(searchParams.get("X-Amz-Expires")).toBe("3600");
    expect(await atS3(one)).toBeUndefined();
  });

  it("need no checksum; what the first request says about it holds for all", async () => {
    const one = await opened();
    await Upload.addresses(ann, one.id, one.uploadId, { parts: [{ number: 1 }] });
    expect((await atS3(one))?.algorithm).toBeUndefined();
    await expect(
      Upload.addresses(ann, one.id, one.uploadId, { parts: [{ number: 2, crc32: CRC }] }),
    ).rejects.toMatchObject({
      ...code("RequestInvalid"),
      about: { fields: [{ path: "parts.0.crc32" }] },
    });
    const two = await opened();
    await send(two, [1]);
    expect(await atS3(two)).toMatchObject({ algorithm: "CRC32", type: "video/mp4" });
    await expect(
      Upload.addresses(ann, two.id, two.uploadId, {
        parts: [{ number: 1, crc32: CRC }, { number: 2 }],
      }),
    ).rejects.toMatchObject({ about: { fields: [{ path: "parts.1.crc32" }] } });
  });

  it.each([0, 8, 10_000, 1.5, -1, Number.NaN])("of part %s there are none", async (number) => {
    const one = await opened();
    await expect(
      Upload.addresses(ann, one.id, one.uploadId, { parts: [{ number: 1 }, { number }] }),
    ).rejects.toMatchObject({
      ...code("RequestInvalid"),
      about: { fields: [{ path: "parts.1.number" }] },
    });
  });

  it("never outlive their upload", async () => {
    const one = await opened(file, 1e12);
    const last = 1e12 + Video.UPLOAD_MS - 10_000;
    const { put } = await Clock.at(last, () => Upload.addresses(ann, one.id, one.uploadId, {}));
    expect(put?.expiresAt).toBe(new Date(1e12 + Video.UPLOAD_MS).toISOString());
    await expect(
      Clock.at(last + 10_000, () => Upload.addresses(ann, one.id, one.uploadId, {})),
    ).rejects.toMatchObject(code("UploadExpired"));
  });

  it("asked for by two at once are of one upload at S3", async () => {
    const one = await opened();
    const before = cloud.multipart.open.size;
    const asked = await Promise.all(
      [1, 2, 3].map((number) =>
        Upload.addresses(ann, one.id, one.uploadId, { parts: [{ number }] }),
      ),
    );
    const ids = asked.map(({ parts }) =>
      new URL(parts?.[0]?.url ?? "").searchParams.get("uploadId"),
    );
    expect(new Set(ids).size).toBe(1);
    expect(cloud.multipart.open.size).toBe(before + 1);
  });

  it("for an upload that is given up meanwhile leave nothing at S3", async () => {
    const one = await opened();
    const before = cloud.multipart.open.size;
    cloud.multipart.before = async (what) => {
      if (what === "begin") await Upload.abort(ann, one.id, one.uploadId);
    };
    await expect(
      Upload.addresses(ann, one.id, one.uploadId, { parts: [{ number: 1 }] }),
    ).rejects.toMatchObject(code("UploadOver"));
    expect(cloud.multipart.open.size).toBe(before);
  });
});

describe("what has arrived", () => {
  it("is told part by part, page after page", async () => {
    const one = await opened();
    cloud.multipart.page = 2;
    expect((await Upload.show(ann, one.id, one.uploadId)).arrived).toEqual([]);
    await send(one, [5, 2, 1, 4, 7]);
    const { arrived, state } = await Upload.show(ann, one.id, one.uploadId);
    expect(state).toBe("open");
    expect(arrived?.map(({ number }) => number)).toEqual([1, 2, 4, 5, 7]);
    expect(arrived?.at(-1)).toEqual({ number: 7, sizeBytes: 4 * MIB });
  });

  it("by one PUT is there or not", async () => {
    const one = await opened(file);
    expect(await Upload.show(ann, one.id, one.uploadId)).toMatchObject({
      state: "open",
      arrived: [],
      put: { url: expect.any(String) },
    });
    await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
      code("UploadIncomplete", { missing: [1] }),
    );
    cloud.shelf.put("sources", Intake.uploadKey(one.id, one.uploadId), "x".repeat(1000));
    expect(await Upload.show(ann, one.id, one.uploadId)).toMatchObject({
      state: "completed",
      arrived: [{ number: 1, sizeBytes: 1000 }],
    });
    expect(await Upload.complete(ann, one.id, one.uploadId)).toMatchObject({ state: "completed" });
    await expect(Upload.abort(ann, one.id, one.uploadId)).rejects.toMatchObject(code("UploadOver"));
  });

  it.each([
    { who: eve, refused: "Forbidden" },
    { who: bob, refused: "VideoNotFound" },
  ])("is not for $who: $refused", async ({ who, refused }) => {
    const one = await opened();
    await Library.change(ann, one.id, { sharedWith: ["eve"] });
    for (const asked of [Upload.show, Upload.complete, Upload.abort]) {
      await expect(asked(who, one.id, one.uploadId)).rejects.toMatchObject(code(refused));
    }
  });

  it("is not found under another film, nor under no id", async () => {
    const [one, two] = [await opened(), await opened()];
    for (const uploadId of [two.uploadId, Id.newUpload(), "upl_1"]) {
      await expect(Upload.show(ann, one.id, uploadId)).rejects.toMatchObject(
        code("UploadNotFound"),
      );
    }
  });
});

describe("an upload is completed", () => {
  it("once every part is there in its size; else it is told which are not", async () => {
    const one = await opened();
    await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
      code("UploadIncomplete", { missing: [1, 2, 3, 4, 5, 6, 7] }),
    );
    await send(one, [1, 2, 3, 5, 6, 7], { 6: 5, 7: 16 * MIB });
    await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
      code("UploadIncomplete", { missing: [4, 6, 7] }),
    );
    await send(one, [4, 6, 7]);
    expect(await Upload.complete(ann, one.id, one.uploadId)).toMatchObject({ state: "completed" });
    expect(await Upload.complete(ann, one.id, one.uploadId)).toMatchObject({ state: "completed" });
    await expect(
      Upload.addresses(ann, one.id, one.uploadId, { parts: [{ number: 1 }] }),
    ).rejects.toMatchObject(code("UploadOver"));
  });

  it("once, by several at a time, and by one who died after S3 had heard it", async () => {
    const one = await opened();
    await send(one, [1, 2, 3, 4, 5, 6, 7]);
    const asked = Array.from({ length: 3 }, () => Upload.complete(ann, one.id, one.uploadId));
    expect((await Promise.all(asked)).map(({ state }) => state)).toEqual(
      Array.from({ length: 3 }, () => "completed"),
    );
    const two = await opened();
    await send(two, [1, 2, 3, 4, 5, 6, 7]);
    const there = await atS3(two);
    cloud.multipart.open.delete(there?.id ?? "");
    cloud.shelf.put("sources", Intake.uploadKey(two.id, two.uploadId), "whole");
    expect(await Upload.complete(ann, two.id, two.uploadId)).toMatchObject({ state: "completed" });
  });

  it("not when S3 has forgotten it and there is no object", async () => {
    const one = await opened();
    await send(one, [1, 2, 3, 4, 5, 6, 7]);
    cloud.multipart.open.delete((await atS3(one))?.id ?? "");
    await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
      code("UploadOver"),
    );
  });

  it("not when it was given up in the middle", async () => {
    const one = await opened();
    await send(one, [1, 2, 3, 4, 5, 6, 7]);
    cloud.multipart.before = async (what) => {
      cloud.multipart.before = undefined;
      if (what === "list") await Upload.abort(ann, one.id, one.uploadId);
    };
    await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
      code("UploadOver"),
    );
  });
});

describe("an upload is given up", () => {
  it("as the first of its film: the film is CANCELED, S3 keeps nothing, and a late object is nobody's", async () => {
    const one = await opened();
    await send(one, [1]);
    await Upload.abort(ann, one.id, one.uploadId);
    await Upload.abort(ann, one.id, one.uploadId);
    expect(await atS3(one)).toBeUndefined();
    expect(await Upload.show(ann, one.id, one.uploadId)).toMatchObject({ state: "aborted" });
    const film = await Video.require(one.id);
    expect(film).toMatchObject({ status: "CANCELED" });
    expect(film).not.toHaveProperty("expects");
    await expect(arrives(one, "late")).rejects.toMatchObject({
      ...code("NotExpected"),
      about: { unwanted: true },
    });
    // and it may be sent another source
    const { upload } = await Library.replace(ann, one.id, file);
    const next = { id: one.id, uploadId: upload?.id as Id.UploadId };
    expect(await arrives(next, "next")).toMatchObject({ attempt: 1 });
  });

  it("as a replacement: the film is as it was", async () => {
    const one = await opened(file);
    await arrives(one, "first");
    const { upload } = await Library.replace(ann, one.id, large);
    await Upload.abort(ann, one.id, upload?.id as Id.UploadId);
    expect(await Video.require(one.id)).toMatchObject({ status: "VALIDATING", attempt: 1 });
  });

  it("not once its object was taken", async () => {
    const one = await opened();
    await arrives(one, "first");
    await expect(Upload.abort(ann, one.id, one.uploadId)).rejects.toMatchObject(code("UploadOver"));
  });

  it("or is taken, never both, whoever is quicker", async () => {
    for (let round = 0; round < 8; round += 1) {
      const one = await opened(file);
      const [given, taken] = await Promise.allSettled([
        Upload.abort(ann, one.id, one.uploadId),
        arrives(one, "first"),
      ]);
      const { status } = await Video.require(one.id);
      const aborted = given.status === "fulfilled";
      expect([aborted, taken.status === "fulfilled", status]).toEqual([
        aborted,
        !aborted,
        aborted ? "CANCELED" : "VALIDATING",
      ]);
    }
  });
});

describe("what could not be fetched", () => {
  it("fails the film that waited for it, once", async () => {
    const { video } = await Library.open(ann, { url: "https://a.example.org/x.mp4" });
    const { expects } = await Video.require(video.id);
    for (const _ of [1, 2]) {
      await Upload.failed(video.id, expects as Id.UploadId, new Problem("PullFailed"));
    }
    expect((await Library.show(ann, video.id)).video).toMatchObject({
      status: "FAILED",
      phase: "failed",
      problem: { code: "PullFailed", retry: true },
    });
  });

  it("leaves a film alone that has a source, and one that expects another", async () => {
    const one = await opened(file);
    await arrives(one, "first");
    const { video } = await Library.replace(ann, one.id, { url: "https://a.example.org/x.mp4" });
    const { expects } = await Video.require(video.id);
    await Upload.failed(one.id, expects as Id.UploadId, new Problem("SourceTooLarge"));
    const film = await Video.require(one.id);
    expect(film).toMatchObject({ status: "VALIDATING" });
    expect(film).not.toHaveProperty("expects");
    const { upload } = await Library.replace(ann, one.id, file);
    await Upload.failed(one.id, expects as Id.UploadId, new Problem("SourceTooLarge"));
    expect((await Video.require(one.id)).expects).toBe(upload?.id);
  });
});

describe("an upload whose time is over", () => {
  it("is expired, fails the film that waited for it, and is forgotten at S3", async () => {
    const one = await opened(large, 1e12);
    await Clock.at(1e12, () => send(one, [1]));
    const film = await Video.require(one.id);
    expect(await Clock.at(1e12 + 1000, () => Upload.expire(film))).toBe(false);
    await Clock.at(1e12 + Video.UPLOAD_MS, async () => {
      expect(await Upload.expire(film)).toBe(true);
      expect(await Upload.show(ann, one.id, one.uploadId)).toMatchObject({ state: "expired" });
      await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
        code("UploadExpired"),
      );
    });
    expect(await atS3(one)).toBeUndefined();
    expect(await Video.require(one.id)).toMatchObject({
      status: "FAILED",
      problem: { code: "UploadExpired" },
    });
  });
});
