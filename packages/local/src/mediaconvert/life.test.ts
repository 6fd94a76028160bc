import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Job } from "@aws-sdk/client-mediaconvert";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { testCloud } from "../kernel/testing.ts";
import { openMediaConvert } from "./index.ts";
import { sampleJob } from "./sample-job.ts";
import { fast, filmRoom, folderObjects, studio, tone, until, video } from "./testing.ts";

const films = filmRoom();
afterAll(films.close);
const open: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
const begin = (options: Parameters<typeof studio>[0] = {}, start = true) => {
  const made = studio(options);
  open.push(made.close);
  if (start) made.service.start?.();
  return made;
};
const short = () =>
  films.film("short.mp4", `${video("320x180", "30", 1)} ${tone(1)} ${fast} -c:a aac`);
/** long enough to be interrupted */
const long = () =>
  films.film("long.mp4", `${video("640x360", "30", 20)} ${tone(20)} ${fast} -c:a aac`);
const getJob = async (cloud: ReturnType<typeof studio>, Id: string) =>
  (await cloud.call<{ Job: Job }>("GetJob", { Id })).Job;

/** Tests that look for programs do so where Linux lists them. */
const onLinux = it.skipIf(process.platform !== "linux");

/** Programs that work in a folder, by their working directory. */
function programsIn(folder: string): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false; // it has ended, or is not ours
      }
    });
}

describe("a job", () => {
  onLinux(
    "goes on under its id after a kill, and the killed process leaves no ffmpeg behind",
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), "killed-"));
      open.push(async () => rmSync(dataDir, { recursive: true, force: true }));
      const before = studio({ dataDir });
      copyFileSync(long(), before.path("uploads", "film.mp4"));
      await before.close();

      const victim = fileURLToPath(new URL("./killed.fixture.ts", import.meta.url));
      const child = spawn(process.execPath, ["--no-warnings", victim, dataDir], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const id = await new Promise<string>((resolve) => {
        child.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
      });
      // the command is told just before ffmpeg starts; let it begin
      await until(() => (programsIn(join(dataDir, "mediaconvert")).length > 1 ? true : undefined));
      child.kill("SIGKILL");
      await until(() => (programsIn(dataDir).length === 0 ? true : undefined), 5000);

      const after = begin({ dataDir });
      await until(() => after.statuses().find((status) => status === "COMPLETE"));
      expect(await getJob(after, id)).toMatchObject({ Status: "COMPLETE", RetryCount: 1 });
      expect(after.statuses()).toEqual(["INPUT_INFORMATION", "COMPLETE"]);
      expect(after.files("media")).toContain("v/1/cmaf/main.m3u8");
      expect(readdirSync(join(dataDir, "mediaconvert", "work"))).toEqual([]);
    },
  );

  onLinux("that is canceled stops at once and leaves no manifest", async () => {
    const cloud = begin();
    copyFileSync(long(), cloud.path("uploads", "film.mp4"));
    const { Job } = await cloud.call<{ Job: Job }>("CreateJob", sampleJob("s3://uploads/film.mp4"));
    const id = Job.Id ?? "";
    await until(() =>
      programsIn(join(cloud.dataDir, "mediaconvert")).length > 1 ? true : undefined,
    );
    await cloud.call("CancelJob", { Id: id });
    await until(() => (programsIn(cloud.dataDir).length === 0 ? true : undefined), 5000);
    expect(cloud.statuses()).toEqual(["PROGRESSING", "INPUT_INFORMATION", "CANCELED"]);
    expect(await getJob(cloud, id)).toMatchObject({ Status: "CANCELED" });
    expect(cloud.files("media").filter((name) => /m3u8|mpd/.test(name))).toEqual([]);
    await expect(cloud.call("CancelJob", { Id: id })).rejects.toMatchObject({
      name: "ConflictException",
      httpStatus: 409,
    });
    await until(() =>
      readdirSync(join(cloud.dataDir, "mediaconvert", "work")).length === 0 ? true : undefined,
    );
  });

  onLinux("that takes long says how far it is, as often as it was asked to", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const cloud = begin();
      copyFileSync(long(), cloud.path("uploads", "film.mp4"));
      const request = { ...sampleJob("s3://uploads/film.mp4"), StatusUpdateInterval: "SECONDS_12" };
      const { Job } = await cloud.call<{ Job: Job }>("CreateJob", request);
      await until(() =>
        programsIn(join(cloud.dataDir, "mediaconvert")).length > 1 ? true : undefined,
      );
      vi.advanceTimersByTime(25_000);
      await cloud.call("CancelJob", { Id: Job.Id });
      const updates = cloud.events.filter(({ detail }) => detail.status === "STATUS_UPDATE");
      expect(updates).toHaveLength(2);
      expect(updates[0]?.detail).toMatchObject({
        framesDecoded: expect.any(Number),
        jobProgress: {
          currentPhase: "TRANSCODING",
          retryCount: 0,
          phaseProgress: {
            PROBING: { status: "COMPLETE", percentComplete: 100 },
            TRANSCODING: { status: "PROGRESSING" },
            UPLOADING: { status: "PENDING", percentComplete: 0 },
          },
        },
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it("that is canceled before it began says only that", async () => {
    const cloud = begin({}, false);
    const { Job } = await cloud.call<{ Job: Job }>("CreateJob", sampleJob("s3://uploads/film.mp4"));
    await cloud.call("CancelJob", { Id: Job.Id });
    expect(cloud.statuses()).toEqual(["CANCELED"]);
  });

  it("is the same job for a token within a minute, and another one after it", async () => {
    let now = 1_767_348_123_456;
    const cloud = begin({}, false);
    Object.assign(cloud.cloud, { now: () => now });
    const ask = async () =>
      (
        await cloud.call<{ Job: Job }>("CreateJob", {
          ...sampleJob("s3://uploads/film.mp4"),
          ClientRequestToken: "a-7f3c-attempt-1",
        })
      ).Job.Id;
    const first = await ask();
    expect(first).toMatch(/^1767348123456-[a-z0-9]{6}$/);
    now += 59_000;
    expect(await ask()).toBe(first);
    now += 2_000;
    expect(await ask()).not.toBe(first);
  });

  it.each([
    { why: "its source is not there", code: 1404, file: "missing.mp4" },
    { why: "it has only sound and follows the size of pictures", code: 1040, file: "tone.mp3" },
  ])("ends in $code when $why", async ({ code, file }) => {
    const cloud = begin();
    if (file === "tone.mp3") {
      copyFileSync(films.film(file, `${tone(1)} -c:a libmp3lame`), cloud.path("uploads", file));
    }
    const over = await cloud.finish(sampleJob(`s3://uploads/${file}`));
    expect(over).toMatchObject({ status: "ERROR", errorCode: code });
    const job = await getJob(cloud, String(over.jobId));
    expect(job).toMatchObject({ Status: "ERROR", ErrorCode: code });
    expect(cloud.files("media")).toEqual([]);
  });

  it.each([
    {
      of: "full colour",
      args: `${video("64x64", "30", 0.2)} -c:v libx264 -pix_fmt yuv444p`,
      file: "444.mp4",
    },
    {
      of: "Windows Media 8",
      args: `${video("64x64", "30", 0.2)} -c:v wmv2 -f asf`,
      file: "old.wmv",
    },
    {
      of: "pictures of a camera in MP4",
      args: `${video("64x64", "30", 0.2)} -c:v mjpeg -pix_fmt yuvj420p`,
      file: "cam.mp4",
    },
  ])("of $of is refused as AWS does, unless the laptop is lenient", async ({ args, file }) => {
    const strict = begin();
    copyFileSync(films.film(file, args), strict.path("uploads", "film"));
    const job = sampleJob("s3://uploads/film", { rungs: [64], audio: false });
    expect(await strict.finish(job)).toMatchObject({ status: "ERROR", errorCode: 1030 });
    const lenient = begin({ lenient: true });
    copyFileSync(films.film(file, args), lenient.path("uploads", "film"));
    expect(await lenient.finish(job)).toMatchObject({ status: "COMPLETE" });
  });

  it("ends in 1999 and says what to do when ffmpeg is not where it should be", async () => {
    vi.stubEnv("FFMPEG_PATH", "/nowhere/ffmpeg");
    const made = testCloud();
    open.push(made.close);
    const events: Array<Record<string, unknown>> = [];
    made.cloud.onEmit(({ detail }) => events.push(detail));
    const service = openMediaConvert(made.cloud, { objects: folderObjects(made.dataDir) });
    expect(service.health()).toEqual({ ok: false, reason: expect.stringContaining("FFMPEG_PATH") });
    service.start?.();
    const job = sampleJob("s3://uploads/film.mp4");
    await made.cloud.call("mediaconvert", "CreateJob", job, made.cloud.iam.operator);
    const over = await until(() => events.find(({ status }) => status === "ERROR"));
    vi.unstubAllEnvs();
    expect(over).toMatchObject({
      errorCode: 1999,
      errorMessage: expect.stringContaining("FFMPEG_PATH"),
    });
  });

  it.each([
    { what: "an odd side", change: { Width: 333, Height: 181 }, code: 1040 },
    {
      what: "a clip outside",
      clip: { StartTimecode: "00:01:00:00", EndTimecode: "00:01:05:00" },
      code: 1060,
    },
  ])("ends in $code for $what", async ({ change, clip, code }) => {
    const cloud = begin();
    copyFileSync(short(), cloud.path("uploads", "film.mp4"));
    const job = sampleJob("s3://uploads/film.mp4");
    const rung = job.Settings?.OutputGroups?.[0]?.Outputs?.[0]?.VideoDescription;
    if (change && rung) Object.assign(rung, change);
    const input = job.Settings?.Inputs?.[0];
    if (clip && input) input.InputClippings = [clip];
    expect(await cloud.finish(job)).toMatchObject({ status: "ERROR", errorCode: code });
  });

  it("waits while its queue is paused, and the more urgent one goes first", async () => {
    const cloud = begin({ parallel: 1 });
    copyFileSync(short(), cloud.path("uploads", "film.mp4"));
    await cloud.call("CreateQueue", { Name: "vod", Status: "PAUSED" });
    const ask = async (Priority: number) =>
      (
        await cloud.call<{ Job: Job }>("CreateJob", {
          ...sampleJob("s3://uploads/film.mp4", { rungs: [90] }),
          Queue: "arn:aws:mediaconvert:us-east-1:000000000000:queues/vod",
          Priority,
        })
      ).Job.Id;
    const [later, sooner] = [await ask(-1), await ask(5)];
    expect(cloud.events).toEqual([]);
    await expect(cloud.call("DeleteQueue", { Name: "vod" })).rejects.toMatchObject({
      name: "ConflictException",
    });
    await cloud.call("UpdateQueue", { Name: "vod", Status: "ACTIVE" });
    await until(() =>
      cloud.statuses().filter((status) => status === "COMPLETE").length === 2 ? true : undefined,
    );
    const order = cloud.events
      .filter(({ detail }) => detail.status === "PROGRESSING")
      .map(({ detail }) => detail.jobId);
    expect(order).toEqual([sooner, later]);
    expect(existsSync(join(cloud.dataDir, "mediaconvert", "work"))).toBe(true);
  });
});
