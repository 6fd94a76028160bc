import { appendFileSync, utimesSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../index.ts";
import { fileSource } from "../node/index.ts";
import { ALL, BYTES, isPut, openRig, PART, type Rig } from "./testing.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

describe("an upload that was cut off", () => {
  /** Cuts an upload off after some parts, as a kill would. */
  async function cutOff(): Promise<{ videoId: string; uploadId: string; fingerprint: string }> {
    const stop = new AbortController();
    let ids: { videoId: string; uploadId: string; fingerprint: string } | undefined;
    let count = 0;
    rig.fake.state.meddle = (asked) => {
      if (isPut(asked) && ++count > 5) {
        stop.abort(new Error("killed"));
        return { status: 0, drop: true };
      }
      return undefined;
    };
    const source = await fileSource(rig.path);
    await expect(
      rig.rushes().upload(source, {
        signal: stop.signal,
        records: rig.records,
        onBegun: (begun) => {
          ids = begun;
        },
      }),
    ).rejects.toThrow("killed");
    await rig.quiet();
    rig.fake.state.meddle = () => undefined;
    if (!ids) throw new Error("it never began");
    return ids;
  }
  const arrived = () => [...([...rig.fake.uploads.values()][0]?.parts.keys() ?? [])].map(String);
  /** All is there in the end, and nothing was sent that had arrived before. */
  const onlyMissing = (before: string[]) => {
    expect(rig.sorted().filter((part) => before.includes(part))).toEqual([]);
    const [upload] = rig.fake.uploads.values();
    expect(upload).toMatchObject({ state: "completed" });
    expect(upload?.parts.size).toBe(ALL.length);
  };

  it("is found again by the same file, and only what is missing is sent", async () => {
    await cutOff();
    const before = arrived();
    expect(before.length).toBeGreaterThan(0);
    rig.fake.heard.length = 0;
    const told: Progress[] = [];
    await rig.rushes().upload(await fileSource(rig.path), {
      records: rig.records,
      onProgress: (progress) => told.push(progress),
    });
    onlyMissing(before);
    expect(rig.fake.uploads.size).toBe(1);
    expect(told[0]?.sentBytes).toBe(told[0]?.resumedBytes);
    expect(told[0]?.resumedBytes).toBeGreaterThanOrEqual(PART);
    expect(told.at(-1)?.sentBytes).toBe(BYTES);
    rig.fake.heard.length = 0;
    await rig.rushes().upload(await fileSource(rig.path), { records: rig.records });
    expect(rig.fake.uploads.size).toBe(2); // done is forgotten: once more is another film
  });

  it("goes on by its ids", async () => {
    const resume = await cutOff();
    const before = arrived();
    rig.fake.heard.length = 0;
    await rig.rushes().upload(await fileSource(rig.path), { resume });
    onlyMissing(before);
  });

  it("does not go on with a file that was changed, be it of the same size", async () => {
    const resume = await cutOff();
    utimesSync(rig.path, new Date(), new Date(Date.now() + 5_000));
    const changed = { code: "FileChanged" };
    await expect(rig.rushes().upload(await fileSource(rig.path), { resume })).rejects.toMatchObject(
      changed,
    );
    appendFileSync(rig.path, "more");
    const { videoId, uploadId } = resume;
    await expect(
      rig.rushes().upload(await fileSource(rig.path), { resume: { videoId, uploadId } }),
    ).rejects.toMatchObject(changed);
  });

  it("begins anew when it is not there any more", async () => {
    await cutOff();
    rig.fake.uploads.clear();
    await rig.rushes().upload(await fileSource(rig.path), { records: rig.records });
    expect(rig.fake.uploads.size).toBe(1);
  });

  it("that is over is not gone on with", async () => {
    const resume = await cutOff();
    for (const upload of rig.fake.uploads.values()) upload.state = "aborted";
    await expect(rig.rushes().upload(await fileSource(rig.path), { resume })).rejects.toMatchObject(
      {
        code: "UploadGone",
      },
    );
  });

  it("before its first answer opens no second film", async () => {
    let drops = 5;
    rig.fake.state.meddle = ({ method, path: asked }) =>
      method === "POST" && asked === "/videos" && drops-- > 0
        ? { status: 0, drop: true }
        : undefined;
    await rig.records.write("unrelated", { idempotencyKey: "x" });
    const uploading = rig.rushes().upload(await fileSource(rig.path), { records: rig.records });
    await expect(uploading).rejects.toMatchObject({ name: "NetworkProblem" });
    const first = rig.fake.heard[0]?.headers["idempotency-key"];
    await rig.rushes().upload(await fileSource(rig.path), { records: rig.records });
    expect(rig.fake.heard.at(5)?.headers["idempotency-key"]).toBe(first);
  });
});
