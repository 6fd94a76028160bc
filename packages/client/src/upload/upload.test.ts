import { appendFileSync, openAsBlob, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../index.ts";
import { fileSource } from "../node/index.ts";
import { ALL, BYTES, film, isPut, openRig, type Rig } from "./testing.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const no = (status: number, code: string) => ({
  status,
  body: `<Error><Code>${code}</Code></Error>`,
});

/** What is sent next is answered so, as often as told; then as usual. */
function trouble(times: number, instead: ReturnType<typeof no> | { status: number; drop: true }) {
  let left = times;
  rig.fake.state.meddle = (asked) => (isPut(asked) && left-- > 0 ? instead : undefined);
}

describe("a large file", () => {
  it("goes in parts, several at once, each once, and tells how far it is", async () => {
    const told: Progress[] = [];
    const onProgress = (progress: Progress) => void told.push(progress);
    const video = await rig
      .rushes()
      .upload(await fileSource(rig.path), { title: "Film", onProgress });
    expect(video.id).toBe("vid_1");
    expect(rig.sorted()).toEqual(ALL);
    expect([...rig.fake.uploads.values()][0]).toMatchObject({ state: "completed" });
    expect(rig.fake.state.under.most).toBeLessThanOrEqual(4);
    expect(rig.fake.state.under.most).toBeGreaterThan(1);
    expect(told[0]).toMatchObject({ sentBytes: 0, totalBytes: BYTES });
    expect(told.at(-1)).toMatchObject({ sentBytes: BYTES, totalBytes: BYTES });
    const wish = JSON.parse(rig.fake.heard[0]?.body ?? "");
    expect(wish).toEqual({
      title: "Film",
      filename: "film.mp4",
      sizeBytes: BYTES,
      type: "video/mp4",
    });
  });

  it("asks for a handful of addresses at a time", async () => {
    await rig.rushes().upload(await fileSource(rig.path), { parallel: 4 });
    const asked = rig.fake.heard
      .filter((one) => one.path.endsWith("/addresses"))
      .map(({ body }) => JSON.parse(body).parts.length);
    expect(asked).toEqual([4, 4, 3]);
  });

  it.each([
    ["the store is busy", no(503, "SlowDown")],
    ["the store has an error", no(500, "InternalError")],
    ["the line breaks", { status: 0, drop: true as const }],
    ["the store heard too little for too long", no(400, "RequestTimeout")],
    ["an address has expired", no(403, "AccessDenied")],
  ])("sends a part again when %s", async (_, instead) => {
    trouble(3, instead);
    await rig.rushes().upload(await fileSource(rig.path));
    expect(new Set(rig.fake.sent())).toEqual(new Set(ALL));
    expect([...rig.fake.uploads.values()][0]?.state).toBe("completed");
  });

  it("asks for a new address where the old one has expired, and for that part alone", async () => {
    trouble(1, no(403, "AccessDenied"));
    await rig.rushes().upload(await fileSource(rig.path));
    const asked = rig.fake.heard
      .filter((one) => one.path.endsWith("/addresses"))
      .map(({ body }) => JSON.parse(body).parts.length);
    expect(asked.toSorted()).toEqual([1, 3, 4, 4]);
  });

  it("does not use an address that is about to expire", async () => {
    rig.fake.state.addressMs = 1_000;
    const uploading = rig.rushes().upload(await fileSource(rig.path));
    setTimeout(() => {
      rig.fake.state.addressMs = 60_000;
    }, 50);
    await uploading;
    expect(rig.sorted()).toEqual(ALL);
  });

  it("sends what turns out to be missing in the end", async () => {
    let lost = false;
    rig.fake.state.meddle = ({ path: asked }) => {
      if (asked.endsWith("/complete") && !lost) {
        lost = true;
        for (const upload of rig.fake.uploads.values()) upload.parts.delete(3);
      }
      return undefined;
    };
    await rig.rushes().upload(await fileSource(rig.path));
    expect(rig.sorted()).toEqual([...ALL, "3"].toSorted((a, b) => Number(a) - Number(b)));
  });

  it("is given up when the store does not want it", async () => {
    trouble(99, no(400, "InvalidRequest"));
    await expect(rig.rushes().upload(await fileSource(rig.path))).rejects.toMatchObject({
      name: "UploadProblem",
      code: "StoreRefused",
    });
  });

  it("is given up when the upload is gone", async () => {
    trouble(99, no(404, "NoSuchUpload"));
    await expect(
      rig.rushes().upload(await fileSource(rig.path), { records: rig.records }),
    ).rejects.toMatchObject({
      code: "UploadGone",
    });
  });
});

describe("while it is sent", () => {
  it("a file that somebody writes to is refused", async () => {
    rig.fake.state.meddle = (asked) => {
      if (isPut(asked)) utimesSync(rig.path, new Date(), new Date(Date.now() + 9_000));
      return undefined;
    };
    await expect(rig.rushes().upload(await fileSource(rig.path))).rejects.toMatchObject({
      code: "FileChanged",
    });
    expect([...rig.fake.uploads.values()][0]?.state).toBe("open");
  });

  it("it can be paused, and nothing moves until it goes on", async () => {
    const uploading = rig.rushes().upload(await fileSource(rig.path));
    await new Promise<void>((resolve) => {
      rig.fake.state.meddle = (asked) => {
        if (isPut(asked) && !uploading.isPaused()) {
          uploading.pause();
          resolve();
        }
        return undefined;
      };
    });
    expect(uploading.isPaused()).toBe(true);
    await rig.quiet();
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(rig.fake.sent().length).toBeLessThanOrEqual(4); // those that were on their way
    rig.fake.state.meddle = () => undefined;
    uploading.resume();
    await uploading;
    expect(new Set(rig.fake.sent())).toEqual(new Set(ALL));
  });

  it("it can be given up, here and at the store", async () => {
    const uploading = rig.rushes().upload(await fileSource(rig.path), { records: rig.records });
    uploading.catch(() => undefined);
    await new Promise<void>((resolve) => {
      rig.fake.state.meddle = (asked) => {
        if (isPut(asked)) resolve();
        return undefined;
      };
    });
    await uploading.cancel();
    await expect(uploading).rejects.toMatchObject({ name: "AbortError" });
    expect([...rig.fake.uploads.values()][0]?.state).toBe("aborted");
    rig.fake.state.meddle = () => undefined;
    await rig.rushes().upload(await fileSource(rig.path), { records: rig.records });
    expect(rig.fake.uploads.size).toBe(2);
  });
});

describe("a small file", () => {
  it("goes in one piece", async () => {
    writeFileSync(rig.path, "tiny");
    await rig.rushes().upload(await fileSource(rig.path));
    expect(rig.fake.sent()).toEqual(["whole"]);
  });

  it("that is there already counts as sent", async () => {
    writeFileSync(rig.path, "tiny");
    let lost = 0;
    rig.fake.state.meddle = ({ path: asked }) => {
      if (!asked.startsWith("/store/") || lost++ > 0) return undefined;
      for (const upload of rig.fake.uploads.values()) upload.whole = 4; // it arrives, the answer does not
      return { status: 0, drop: true };
    };
    await rig.rushes().upload(await fileSource(rig.path));
    expect([...rig.fake.uploads.values()][0]?.state).toBe("completed");
  });

  it("without bytes, of no kind, or not there is refused before anything is asked", async () => {
    writeFileSync(rig.path, "");
    await expect(rig.rushes().upload(await fileSource(rig.path))).rejects.toMatchObject({
      code: "FileEmpty",
    });
    writeFileSync(join(rig.folder, "film"), "tiny");
    await expect(
      rig.rushes().upload(await fileSource(join(rig.folder, "film"))),
    ).rejects.toMatchObject({
      code: "TypeUnknown",
    });
    await expect(fileSource(join(rig.folder, "nowhere.mp4"))).rejects.toMatchObject({
      code: "FileUnreadable",
    });
    await expect(fileSource(rig.folder)).rejects.toMatchObject({ code: "FileUnreadable" });
    expect(rig.fake.heard).toEqual([]);
  });
});

describe("what a page holds", () => {
  it("goes in parts too", async () => {
    const blob = new File([film(BYTES)], "holiday.mov");
    await rig.rushes().upload(blob);
    expect(rig.sorted()).toEqual(ALL);
    expect(JSON.parse(rig.fake.heard[0]?.body ?? "")).toMatchObject({
      filename: "holiday.mov",
      type: "video/quicktime",
    });
  });

  it("is refused once somebody has written to the file behind it", async () => {
    const blob = await openAsBlob(rig.path, { type: "video/mp4" });
    rig.fake.state.meddle = (asked) => {
      if (isPut(asked)) appendFileSync(rig.path, "more");
      return undefined;
    };
    await expect(rig.rushes().upload(blob)).rejects.toMatchObject({ code: "FileChanged" });
  });
});
