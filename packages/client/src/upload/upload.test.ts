import {
  appendFileSync,
  mkdtempSync,
  openAsBlob,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, type Progress, type UploadRecords } from "../index.ts";
import { fileSource, recordFolder } from "../node/index.ts";
import { type Fake, openFake } from "../testing.ts";

const PART = 64 * 1024;
const BYTES = 10 * PART + 1234;
const ALL = Array.from({ length: 11 }, (_, index) => String(index + 1));

let fake: Fake;
let folder: string;
let path: string;
let records: UploadRecords;
beforeEach(async () => {
  fake = await openFake({ partBytes: PART });
  folder = mkdtempSync(join(tmpdir(), "rushes-client-"));
  path = join(folder, "film.mp4");
  writeFileSync(path, film(BYTES));
  records = recordFolder(join(folder, "records"));
});
afterEach(async () => {
  await fake.close();
  rmSync(folder, { recursive: true, force: true });
});

const rushes = () => connect({ api: fake.origin });
const film = (bytes: number) => Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => at * 7));
const sorted = () => fake.sent().toSorted((a, b) => Number(a) - Number(b));
const isPut = ({ path: asked }: { path: string }) => asked.startsWith("/store/");
const no = (status: number, code: string) => ({
  status,
  body: `<Error><Code>${code}</Code></Error>`,
});

/** Waits until nothing is on its way to the store. */
async function quiet(): Promise<void> {
  while (fake.state.under.now > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** What is sent next is answered so, as often as told; then as usual. */
function trouble(times: number, instead: ReturnType<typeof no> | { status: number; drop: true }) {
  let left = times;
  fake.state.meddle = (asked) => (isPut(asked) && left-- > 0 ? instead : undefined);
}

describe("a large file", () => {
  it("goes in parts, several at once, each once, and tells how far it is", async () => {
    const told: Progress[] = [];
    const onProgress = (progress: Progress) => void told.push(progress);
    const video = await rushes().upload(await fileSource(path), { title: "Film", onProgress });
    expect(video.id).toBe("vid_1");
    expect(sorted()).toEqual(ALL);
    expect([...fake.uploads.values()][0]).toMatchObject({ state: "completed" });
    expect(fake.state.under.most).toBeLessThanOrEqual(4);
    expect(fake.state.under.most).toBeGreaterThan(1);
    expect(told[0]).toMatchObject({ sentBytes: 0, totalBytes: BYTES });
    expect(told.at(-1)).toMatchObject({ sentBytes: BYTES, totalBytes: BYTES });
    const wish = JSON.parse(fake.heard[0]?.body ?? "");
    expect(wish).toEqual({
      title: "Film",
      filename: "film.mp4",
      sizeBytes: BYTES,
      type: "video/mp4",
    });
  });

  it("asks for a handful of addresses at a time", async () => {
    await rushes().upload(await fileSource(path), { parallel: 4 });
    const asked = fake.heard
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
    await rushes().upload(await fileSource(path));
    expect(new Set(fake.sent())).toEqual(new Set(ALL));
    expect([...fake.uploads.values()][0]?.state).toBe("completed");
  });

  it("asks for a new address where the old one has expired, and for that part alone", async () => {
    trouble(1, no(403, "AccessDenied"));
    await rushes().upload(await fileSource(path));
    const asked = fake.heard
      .filter((one) => one.path.endsWith("/addresses"))
      .map(({ body }) => JSON.parse(body).parts.length);
    expect(asked.toSorted()).toEqual([1, 3, 4, 4]);
  });

  it("does not use an address that is about to expire", async () => {
    fake.state.addressMs = 1_000;
    const uploading = rushes().upload(await fileSource(path));
    setTimeout(() => {
      fake.state.addressMs = 60_000;
    }, 50);
    await uploading;
    expect(sorted()).toEqual(ALL);
  });

  it("sends what turns out to be missing in the end", async () => {
    let lost = false;
    fake.state.meddle = ({ path: asked }) => {
      if (asked.endsWith("/complete") && !lost) {
        lost = true;
        for (const upload of fake.uploads.values()) upload.parts.delete(3);
      }
      return undefined;
    };
    await rushes().upload(await fileSource(path));
    expect(sorted()).toEqual([...ALL, "3"].toSorted((a, b) => Number(a) - Number(b)));
  });

  it("is given up when the store does not want it", async () => {
    trouble(99, no(400, "InvalidRequest"));
    await expect(rushes().upload(await fileSource(path))).rejects.toMatchObject({
      name: "UploadProblem",
      code: "StoreRefused",
    });
  });

  it("is given up when the upload is gone", async () => {
    trouble(99, no(404, "NoSuchUpload"));
    await expect(rushes().upload(await fileSource(path), { records })).rejects.toMatchObject({
      code: "UploadGone",
    });
  });
});

describe("an upload that was cut off", () => {
  /** Cuts an upload off after some parts, as a kill would. */
  async function cutOff(): Promise<{ videoId: string; uploadId: string; fingerprint: string }> {
    const stop = new AbortController();
    let ids: { videoId: string; uploadId: string; fingerprint: string } | undefined;
    let count = 0;
    fake.state.meddle = (asked) => {
      if (isPut(asked) && ++count > 5) {
        stop.abort(new Error("killed"));
        return { status: 0, drop: true };
      }
      return undefined;
    };
    const source = await fileSource(path);
    await expect(
      rushes().upload(source, {
        signal: stop.signal,
        records,
        onBegun: (begun) => {
          ids = begun;
        },
      }),
    ).rejects.toThrow("killed");
    await quiet();
    fake.state.meddle = () => undefined;
    if (!ids) throw new Error("it never began");
    return ids;
  }
  const arrived = () => [...([...fake.uploads.values()][0]?.parts.keys() ?? [])].map(String);
  const rest = (before: string[]) => ALL.filter((part) => !before.includes(part));

  it("is found again by the same file, and only what is missing is sent", async () => {
    await cutOff();
    const before = arrived();
    expect(before.length).toBeGreaterThan(0);
    fake.heard.length = 0;
    const told: Progress[] = [];
    await rushes().upload(await fileSource(path), {
      records,
      onProgress: (progress) => told.push(progress),
    });
    expect(sorted()).toEqual(rest(before));
    expect(fake.uploads.size).toBe(1);
    expect(told[0]?.sentBytes).toBe(told[0]?.resumedBytes);
    expect(told[0]?.resumedBytes).toBeGreaterThanOrEqual(PART);
    expect(told.at(-1)?.sentBytes).toBe(BYTES);
    fake.heard.length = 0;
    await rushes().upload(await fileSource(path), { records });
    expect(fake.uploads.size).toBe(2); // done is forgotten: once more is another film
  });

  it("goes on by its ids", async () => {
    const resume = await cutOff();
    const before = arrived();
    fake.heard.length = 0;
    await rushes().upload(await fileSource(path), { resume });
    expect(sorted()).toEqual(rest(before));
  });

  it("does not go on with a file that was changed, be it of the same size", async () => {
    const resume = await cutOff();
    utimesSync(path, new Date(), new Date(Date.now() + 5_000));
    const changed = { code: "FileChanged" };
    await expect(rushes().upload(await fileSource(path), { resume })).rejects.toMatchObject(
      changed,
    );
    appendFileSync(path, "more");
    const { videoId, uploadId } = resume;
    await expect(
      rushes().upload(await fileSource(path), { resume: { videoId, uploadId } }),
    ).rejects.toMatchObject(changed);
  });

  it("begins anew when it is not there any more", async () => {
    await cutOff();
    fake.uploads.clear();
    await rushes().upload(await fileSource(path), { records });
    expect(fake.uploads.size).toBe(1);
  });

  it("that is over is not gone on with", async () => {
    const resume = await cutOff();
    for (const upload of fake.uploads.values()) upload.state = "aborted";
    await expect(rushes().upload(await fileSource(path), { resume })).rejects.toMatchObject({
      code: "UploadGone",
    });
  });

  it("before its first answer opens no second film", async () => {
    let drops = 5;
    fake.state.meddle = ({ method, path: asked }) =>
      method === "POST" && asked === "/videos" && drops-- > 0
        ? { status: 0, drop: true }
        : undefined;
    await records.write("unrelated", { idempotencyKey: "x" });
    const uploading = rushes().upload(await fileSource(path), { records });
    await expect(uploading).rejects.toMatchObject({ name: "NetworkProblem" });
    const first = fake.heard[0]?.headers["idempotency-key"];
    await rushes().upload(await fileSource(path), { records });
    expect(fake.heard.at(5)?.headers["idempotency-key"]).toBe(first);
  });
});

describe("while it is sent", () => {
  it("a file that somebody writes to is refused", async () => {
    fake.state.meddle = (asked) => {
      if (isPut(asked)) utimesSync(path, new Date(), new Date(Date.now() + 9_000));
      return undefined;
    };
    await expect(rushes().upload(await fileSource(path))).rejects.toMatchObject({
      code: "FileChanged",
    });
    expect([...fake.uploads.values()][0]?.state).toBe("open");
  });

  it("it can be paused, and nothing moves until it goes on", async () => {
    const uploading = rushes().upload(await fileSource(path));
    await new Promise<void>((resolve) => {
      fake.state.meddle = (asked) => {
        if (isPut(asked) && !uploading.isPaused()) {
          uploading.pause();
          resolve();
        }
        return undefined;
      };
    });
    expect(uploading.isPaused()).toBe(true);
    await quiet();
    const before = fake.sent().length;
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(fake.sent()).toHaveLength(before);
    fake.state.meddle = () => undefined;
    uploading.resume();
    await uploading;
    expect(new Set(fake.sent())).toEqual(new Set(ALL));
  });

  it("it can be given up, here and at the store", async () => {
    const uploading = rushes().upload(await fileSource(path), { records });
    uploading.catch(() => undefined);
    await new Promise<void>((resolve) => {
      fake.state.meddle = (asked) => {
        if (isPut(asked)) resolve();
        return undefined;
      };
    });
    await uploading.cancel();
    await expect(uploading).rejects.toMatchObject({ name: "AbortError" });
    expect([...fake.uploads.values()][0]?.state).toBe("aborted");
    fake.state.meddle = () => undefined;
    await rushes().upload(await fileSource(path), { records });
    expect(fake.uploads.size).toBe(2);
  });
});

describe("a small file", () => {
  it("goes in one piece", async () => {
    writeFileSync(path, "tiny");
    await rushes().upload(await fileSource(path));
    expect(fake.sent()).toEqual(["whole"]);
  });

  it("that is there already counts as sent", async () => {
    writeFileSync(path, "tiny");
    let lost = 0;
    fake.state.meddle = ({ path: asked }) => {
      if (!asked.startsWith("/store/") || lost++ > 0) return undefined;
      for (const upload of fake.uploads.values()) upload.whole = 4; // it arrives, the answer does not
      return { status: 0, drop: true };
    };
    await rushes().upload(await fileSource(path));
    expect([...fake.uploads.values()][0]?.state).toBe("completed");
  });

  it("without bytes, of no kind, or not there is refused before anything is asked", async () => {
    writeFileSync(path, "");
    await expect(rushes().upload(await fileSource(path))).rejects.toMatchObject({
      code: "FileEmpty",
    });
    writeFileSync(join(folder, "film"), "tiny");
    await expect(rushes().upload(await fileSource(join(folder, "film")))).rejects.toMatchObject({
      code: "TypeUnknown",
    });
    await expect(fileSource(join(folder, "nowhere.mp4"))).rejects.toMatchObject({
      code: "FileUnreadable",
    });
    await expect(fileSource(folder)).rejects.toMatchObject({ code: "FileUnreadable" });
    expect(fake.heard).toEqual([]);
  });
});

describe("what a page holds", () => {
  it("goes in parts too", async () => {
    const blob = new File([film(BYTES)], "holiday.mov");
    await rushes().upload(blob);
    expect(sorted()).toEqual(ALL);
    expect(JSON.parse(fake.heard[0]?.body ?? "")).toMatchObject({
      filename: "holiday.mov",
      type: "video/quicktime",
    });
  });

  it("is refused once somebody has written to the file behind it", async () => {
    const blob = await openAsBlob(path, { type: "video/mp4" });
    fake.state.meddle = (asked) => {
      if (isPut(asked)) appendFileSync(path, "more");
      return undefined;
    };
    await expect(rushes().upload(blob)).rejects.toMatchObject({ code: "FileChanged" });
  });
});
