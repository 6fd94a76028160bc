import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import * as Library from "../library/index.ts";
import { ann, bob, code, eve, file, large, MIB, openLibrary } from "../library/library.testing.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import { atS3, CRC, opened, send } from "./upload.testing.ts";
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
    expect(await atS3(cloud, one)).toBeUndefined();
  });

  it("need no checksum; what the first request says about it holds for all", async () => {
    const one = await opened();
    await Upload.addresses(ann, one.id, one.uploadId, { parts: [{ number: 1 }] });
    expect((await atS3(cloud, one))?.algorithm).toBeUndefined();
    await expect(
      Upload.addresses(ann, one.id, one.uploadId, { parts: [{ number: 2, crc32: CRC }] }),
    ).rejects.toMatchObject({
      ...code("RequestInvalid"),
      about: { fields: [{ path: "parts.0.crc32" }] },
    });
    const two = await opened();
    await send(cloud, two, [1]);
    expect(await atS3(cloud, two)).toMatchObject({ algorithm: "CRC32", type: "video/mp4" });
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
    await send(cloud, one, [5, 2, 1, 4, 7]);
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
    await send(cloud, one, [1, 2, 3, 5, 6, 7], { 6: 5, 7: 16 * MIB });
    await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
      code("UploadIncomplete", { missing: [4, 6, 7] }),
    );
    await send(cloud, one, [4, 6, 7]);
    expect(await Upload.complete(ann, one.id, one.uploadId)).toMatchObject({ state: "completed" });
    expect(await Upload.complete(ann, one.id, one.uploadId)).toMatchObject({ state: "completed" });
    const { items } = await Timeline.read(ann, one.id);
    expect(items.map(({ what }) => what)).toEqual(["OPENED", "UPLOAD_COMPLETED"]);
    await expect(
      Upload.addresses(ann, one.id, one.uploadId, { parts: [{ number: 1 }] }),
    ).rejects.toMatchObject(code("UploadOver"));
  });

  it("once, by several at a time, and by one who died after S3 had heard it", async () => {
    const one = await opened();
    await send(cloud, one, [1, 2, 3, 4, 5, 6, 7]);
    const asked = Array.from({ length: 3 }, () => Upload.complete(ann, one.id, one.uploadId));
    expect((await Promise.all(asked)).map(({ state }) => state)).toEqual(
      Array.from({ length: 3 }, () => "completed"),
    );
    const two = await opened();
    await send(cloud, two, [1, 2, 3, 4, 5, 6, 7]);
    const there = await atS3(cloud, two);
    cloud.multipart.open.delete(there?.id ?? "");
    cloud.shelf.put("sources", Intake.uploadKey(two.id, two.uploadId), "whole");
    expect(await Upload.complete(ann, two.id, two.uploadId)).toMatchObject({ state: "completed" });
  });

  it("not when S3 has forgotten it and there is no object", async () => {
    const one = await opened();
    await send(cloud, one, [1, 2, 3, 4, 5, 6, 7]);
    cloud.multipart.open.delete((await atS3(cloud, one))?.id ?? "");
    await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
      code("UploadOver"),
    );
  });

  it("not when it was given up in the middle", async () => {
    const one = await opened();
    await send(cloud, one, [1, 2, 3, 4, 5, 6, 7]);
    cloud.multipart.before = async (what) => {
      cloud.multipart.before = undefined;
      if (what === "list") await Upload.abort(ann, one.id, one.uploadId);
    };
    await expect(Upload.complete(ann, one.id, one.uploadId)).rejects.toMatchObject(
      code("UploadOver"),
    );
  });
});
