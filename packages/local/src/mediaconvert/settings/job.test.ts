import type { CreateJobRequest } from "@aws-sdk/client-mediaconvert";
import { describe, expect, it } from "vitest";
import { sampleJob } from "../sample-job.ts";
import { checkJob } from "./job.ts";

/** The sample with one value put at a path of the SDK's names. */
function changed(path: string, value: unknown): CreateJobRequest {
  const job = sampleJob("s3://uploads/film.mp4");
  const names = path.split(".");
  const last = names.pop() ?? "";
  let place = job as unknown as Record<string, unknown>;
  for (const name of names) place = place[name] as Record<string, unknown>;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return job;
}
const rung = "Settings.OutputGroups.0.Outputs.0";
const h264 = `${rung}.VideoDescription.CodecSettings.H264Settings`;

describe("a request for a job", () => {
  it("as a video platform sends it is taken", () => {
    expect(() => checkJob(sampleJob("s3://uploads/film.mp4"))).not.toThrow();
  });

  it.each([
    { path: "Role", value: undefined, says: "/role: is required" },
    { path: "Role", value: "vod", says: "/role: should be the ARN of a role" },
    { path: "Priority", value: 51, says: "/priority: should be from -50 to 50" },
    { path: "ClientRequestToken", value: "x".repeat(65), says: "/clientRequestToken" },
    { path: "StatusUpdateInterval", value: "SECONDS_11", says: "/statusUpdateInterval" },
    {
      path: "UserMetadata",
      value: { attempt: 1 },
      says: "/userMetadata/attempt: should be a text",
    },
    { path: "UserMetadata", value: { "aws:x": "1" }, says: "/userMetadata: the key" },
    { path: "UserMetadata", value: { a: "ü漢 1_.:/=+-@" }, says: undefined },
    { path: "UserMetadata", value: { a: "<" }, says: "/userMetadata/a" },
    {
      path: "UserMetadata",
      value: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`k${n}`, ""])),
      says: "/userMetadata: may have at most 10",
    },
    { path: "HopDestinations", value: [{ WaitMinutes: 1 }], says: "/hopDestinations" },
    { path: "AccelerationSettings", value: { Mode: "PREFERRED" }, says: undefined },
    {
      path: "AccelerationSettings",
      value: { Mode: "ENABLED" },
      says: "/accelerationSettings/mode: ENABLED is not implemented",
    },
    { path: "Settings.Inputs", value: [], says: "/inputs: should have at least 1" },
    { path: "Settings.Inputs.0.FileInput", value: "https://x/y.mp4", says: "/inputs/0/fileInput" },
    {
      path: "Settings.Inputs.0.Crop",
      value: {},
      says: "/inputs/0/crop: is not a setting that the laptop implements",
    },
    {
      path: "Settings.Inputs.0.AudioSelectors",
      value: { "a/b": { Tracks: [0] } },
      says: "/inputs/0/audioSelectors/a~1b/tracks/0",
    },
    { path: "Settings.OutputGroups", value: [], says: "/outputGroups: should have at least 1" },
    {
      path: "Settings.OutputGroups.0.OutputGroupSettings.Type",
      value: "HLS_GROUP_SETTINGS",
      says: "/outputGroups/0/outputGroupSettings/hlsGroupSettings: is required",
    },
    {
      path: "Settings.OutputGroups.0.OutputGroupSettings.Type",
      value: "MS_SMOOTH_GROUP_SETTINGS",
      says: "MS_SMOOTH_GROUP_SETTINGS is not implemented",
    },
    {
      path: `${rung}.NameModifier`,
      value: undefined,
      says: "/outputGroups/0/outputs/0/nameModifier: is required",
    },
    {
      path: `${rung}.NameModifier`,
      value: "_90",
      says: "/outputGroups/0/outputs/1/nameModifier: is taken",
    },
    { path: `${rung}.Extension`, value: "mp4", says: "/outputGroups/0/outputs/0/extension" },
    { path: `${rung}.Preset`, value: "mine", says: "/outputGroups/0/outputs/0/preset" },
    { path: `${rung}.ContainerSettings.Container`, value: "MP4", says: "should be CMFC" },
    {
      path: `${rung}.VideoDescription.Width`,
      value: 31,
      says: "/width: should be from 32 to 8192",
    },
    {
      path: `${rung}.VideoDescription.ScalingBehavior`,
      value: "SMART_CROP",
      says: "not implemented",
    },
    {
      path: `${h264}.MaxBitrate`,
      value: undefined,
      says: "/maxBitrate: is required for rate control QVBR",
    },
    { path: `${h264}.Bitrate`, value: 5000, says: "/bitrate: may not be given" },
    {
      path: `${h264}.QvbrSettings.QvbrQualityLevel`,
      value: 11,
      says: "/qvbrQualityLevel: should be from 1 to 10",
    },
    {
      path: `${h264}.RateControlMode`,
      value: "VBR",
      says: "/bitrate: is required for rate control VBR",
    },
    {
      path: `${h264}.FramerateControl`,
      value: "SPECIFIED",
      says: "/framerateNumerator: is required",
    },
    { path: `${h264}.Telecine`, value: "HARD", says: "/telecine: HARD is not implemented" },
    { path: `${h264}.Sparkle`, value: 1, says: "/sparkle: is not a setting" },
    {
      path: "Settings.OutputGroups.0.Outputs",
      value: "many",
      says: "/outputGroups/0/outputs: should be a list",
    },
    { path: "Settings", value: null, says: "/settings: is required" },
  ])("with $path = $value is told: $says", ({ path, value, says }) => {
    const check = () => checkJob(changed(path, value));
    if (says === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(says);
  });

  it("may not be for pictures only", () => {
    const job = sampleJob("s3://uploads/film.mp4");
    const groups = job.Settings?.OutputGroups ?? [];
    expect(() =>
      checkJob({ ...job, Settings: { ...job.Settings, OutputGroups: groups.slice(2) } }),
    ).toThrow("/outputGroups: may not consist of frame capture only");
  });

  it("of any other shape is refused and not a crash", () => {
    for (const request of [null, 1, "x", [], { Settings: [] }, { Settings: { Inputs: {} } }]) {
      expect(() => checkJob(request)).toThrow();
    }
  });
});
