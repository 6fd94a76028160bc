import { mkdir, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Packaged, packageFragmented } from "../package/fragmented.ts";
import type { Ready } from "../package/rendition.ts";
import { packageTransport, readCuts } from "../package/transport.ts";
import type { Made } from "../plan/command.ts";
import type { Plan, PlannedGroup, PlannedOutput } from "../plan/types.ts";
import { videosOf } from "../probe/media.ts";
import type { Encoded } from "./encode.ts";
import type { OutputGroupDetail } from "./row.ts";

/** Everything a job stores, and what it says about it. */
export interface Delivery {
  groups: Array<{ place: PlannedGroup["destination"]; packaged: Packaged }>;
  /** `outputGroupDetails` of the COMPLETE event */
  event: Array<Record<string, unknown>>;
  /** the same without paths, for GetJob */
  job: OutputGroupDetail[];
}

/** Turns what the encoder made into the files AWS would have made, still on this disk. */
export async function packagePlan(plan: Plan, encoded: Encoded, out: string): Promise<Delivery> {
  const delivery: Delivery = { groups: [], event: [], job: [] };
  const pool = encoded.tracks.size > 0 ? await open(join(out, "pool.mp4"), "r") : undefined;
  try {
    for (const [index, group] of plan.groups.entries()) {
      const folder = async (name: string) => {
        const path = join(out, `p${index}`, name);
        await mkdir(path, { recursive: true });
        return path;
      };
      const packaged =
        group.type === "FILE_GROUP_SETTINGS"
          ? await packageFiles(group, encoded, out)
          : group.type === "HLS_GROUP_SETTINGS"
            ? await packageTransport({ group, cuts: await cutsOf(group, encoded, out), folder })
            : pool && (await packageFragmented({ group, pool, tracks: encoded.tracks, folder }));
      if (!packaged) throw new Error("a group was planned without tracks");
      delivery.groups.push({ place: group.destination, packaged });
      delivery.event.push(eventDetail(group, packaged));
      delivery.job.push({
        OutputDetails: packaged.outputs.map((one, at) => jobDetail(group, one, at)),
      });
    }
  } finally {
    await pool?.close();
  }
  return delivery;
}

async function packageFiles(group: PlannedGroup, encoded: Encoded, out: string): Promise<Packaged> {
  const packaged: Packaged = { media: [], manifests: [], playlists: [], outputs: [] };
  for (const output of group.outputs) {
    const made = encoded.files.find((file) => file.kind !== "pool" && file.output === output);
    if (!made) throw new Error("an output was planned without a file");
    const stem = group.destination.base + output.modifier;
    if (made.kind === "captures") {
      const count = encoded.captures.get(made.file) ?? 0;
      const ready = await Promise.all(
        Array.from({ length: count }, (_, index) => picture(made, index, stem, out)),
      );
      packaged.media.push(...ready);
      const { rate } = made.captures;
      packaged.outputs.push({
        seconds: (count * rate.den) / rate.num,
        averageBitrate: undefined,
        paths: ready.slice(-1).map(({ name }) => name),
      });
      continue;
    }
    const file = join(out, made.kind === "pool" ? "" : made.file);
    const name = `${stem}.${output.output.Extension ?? "mp4"}`;
    const media = encoded.media.get(made.kind === "pool" ? "" : made.file);
    const video = media && videosOf(media)[0];
    const { size } = await stat(file);
    packaged.media.push({
      file,
      name,
      contentType: output.video ? "video/mp4" : "audio/mp4",
      bytes: size,
    });
    packaged.outputs.push({
      seconds: (video?.durationMs ?? media?.durationMs ?? 0) / 1000,
      averageBitrate: video?.bitrate,
      paths: [name],
    });
  }
  return packaged;
}

async function picture(
  made: Extract<Made, { kind: "captures" }>,
  index: number,
  stem: string,
  out: string,
): Promise<Ready> {
  const number = String(index).padStart(7, "0");
  const file = join(out, made.file.replace("%07d", number));
  const extension = made.output.output.Extension ?? "jpg";
  const { size } = await stat(file);
  return { file, name: `${stem}.${number}.${extension}`, contentType: "image/jpeg", bytes: size };
}

async function cutsOf(group: PlannedGroup, encoded: Encoded, out: string) {
  return Promise.all(
    group.outputs.map(async (output) => {
      const made = encoded.files.find((file) => file.kind === "ts" && file.output === output);
      if (made?.kind !== "ts") throw new Error("an output was planned without segments");
      const segments = await readCuts(out, made.list);
      const first = segments[0] ? await readFile(segments[0].file) : Buffer.alloc(0);
      return { output, segments, codecs: codecsOf(output, first) };
    }),
  );
}

/** From the parameter set at the head of the first segment. */
function codecsOf(output: PlannedOutput, segment: Buffer): string[] {
  const audio = output.audios.length > 0 ? ["mp4a.40.2"] : [];
  if (!output.video) return audio;
  const at = segment.indexOf(Buffer.from("00000167", "hex"));
  const profile = at < 0 ? "640028" : segment.toString("hex", at + 4, at + 7).toUpperCase();
  return [`avc1.${profile}`, ...audio];
}

function eventDetail(group: PlannedGroup, packaged: Packaged): Record<string, unknown> {
  const { bucket, folder } = group.destination;
  const address = (name: string) => `s3://${bucket}/${folder}${name}`;
  return {
    outputDetails: packaged.outputs.map((one, index) => {
      const planned = group.outputs[index];
      const size = planned?.video ?? planned?.captures;
      return {
        ...(one.paths.length > 0 ? { outputFilePaths: one.paths.map(address) } : {}),
        durationInMs: Math.round(one.seconds * 1000),
        ...(size
          ? {
              videoDetails: {
                widthInPx: size.width,
                heightInPx: size.height,
                ...(planned?.video && one.averageBitrate
                  ? { averageBitrate: Math.round(one.averageBitrate) }
                  : {}),
                ...(planned?.video?.qvbr ? qualityOf(planned) : {}),
              },
            }
          : {}),
      };
    }),
    ...(packaged.playlists.length > 0
      ? { playlistFilePaths: packaged.playlists.map(address) }
      : {}),
    type: group.type.replace("_SETTINGS", ""),
  };
}

/** A constant rate factor holds one quality throughout; what was asked is what is reported. */
function qualityOf(planned: PlannedOutput) {
  const asked = planned.output.VideoDescription?.CodecSettings?.H264Settings?.QvbrSettings;
  const level = (asked?.QvbrQualityLevel ?? 7) + (asked?.QvbrQualityLevelFineTune ?? 0);
  return {
    qvbrAvgQuality: level,
    qvbrMinQuality: level,
    qvbrMaxQuality: level,
    qvbrMinQualityLocation: 0,
    qvbrMaxQualityLocation: 0,
  };
}

function jobDetail(group: PlannedGroup, one: Packaged["outputs"][number], index: number) {
  const planned = group.outputs[index];
  const size = planned?.video ?? planned?.captures;
  return {
    DurationInMs: Math.round(one.seconds * 1000),
    ...(size ? { VideoDetails: { WidthInPx: size.width, HeightInPx: size.height } } : {}),
  };
}
