import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlannedGroup, PlannedOutput } from "../plan/types.ts";
import { HLS_TYPE, type Packaged } from "./fragmented.ts";
import {
  type Alternate,
  mediaPlaylist,
  multivariantPlaylist,
  ratesOf,
  uriOf,
  type Variant,
} from "./hls.ts";
import type { Ready } from "./rendition.ts";

/** One output's transport segments, as the encoder left them. */
export interface Cut {
  output: PlannedOutput;
  segments: Array<{ file: string; bytes: number; seconds: number }>;
  codecs: string[];
}

/** Reads the list that the segment writer keeps: `name,start,end`. */
export async function readCuts(folder: string, list: string): Promise<Cut["segments"]> {
  const text = await readFile(join(folder, list), "utf8");
  const rows = text.split("\n").filter((line) => line !== "");
  return Promise.all(
    rows.map(async (row) => {
      const [name = "", start, end] = row.split(",");
      const file = join(folder, name);
      const { size } = await stat(file);
      return { file, bytes: size, seconds: Math.max(0.001, Number(end) - Number(start)) };
    }),
  );
}

/** Packages one HLS group: our names, our playlists, the encoder's segments. */
export async function packageTransport(work: {
  group: PlannedGroup;
  cuts: readonly Cut[];
  folder: (name: string) => Promise<string>;
}): Promise<Packaged> {
  const { base } = work.group.destination;
  const words = work.group.group.OutputGroupSettings?.HlsGroupSettings ?? {};
  const folder = await work.folder("manifests");
  const media: Ready[] = [];
  const manifests: Ready[] = [];
  const write = async (name: string, text: string) => {
    const file = join(folder, String(manifests.length));
    await writeFile(file, text);
    manifests.push({ file, name, contentType: HLS_TYPE, bytes: Buffer.byteLength(text) });
  };
  const variants: Variant[] = [];
  const spoken: Array<Alternate & { rates: ReturnType<typeof ratesOf>; codecs: string[] }> = [];
  const hasVideo = work.cuts.some(({ output }) => output.video);
  const wantsManifests = words.OutputSelection !== "SEGMENTS_ONLY";

  for (const { output, segments, codecs } of work.cuts) {
    const hls = output.output.OutputSettings?.HlsSettings ?? {};
    const stem = `${base}${output.modifier}${hls.SegmentModifier ?? ""}`;
    const named = segments.map((segment, index) => ({
      ...segment,
      name: `${stem}_${String(index + 1).padStart(5, "0")}.ts`,
    }));
    for (const { file, name, bytes } of named) {
      media.push({ file, name, bytes, contentType: "video/mp2t" });
    }
    const playlist = `${base}${output.modifier}.m3u8`;
    if (!wantsManifests) continue;
    await write(
      playlist,
      mediaPlaylist({
        segments: named.map(({ name, seconds }) => ({ uri: uriOf(name, words.BaseUrl), seconds })),
        wholeSeconds: words.ManifestDurationFormat === "INTEGER",
        roundTarget: words.TargetDurationCompatibilityMode === "SPEC_COMPLIANT",
        mayCache: words.ClientCache !== "DISABLED",
      }),
    );
    const rates = ratesOf(segments);
    const { video } = output;
    const audio = output.audios[0];
    const track = hls.AudioTrackType ?? "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT";
    const uri = uriOf(playlist, words.BaseUrl);
    if (!video && hasVideo && track !== "AUDIO_ONLY_VARIANT_STREAM") {
      spoken.push({
        group: hls.AudioGroupId ?? "program_audio",
        name: `${audio?.streamName || audio?.language || "Audio"}${spoken.length || ""}`,
        language: audio?.language ?? "und",
        isDefault: track === "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT" && spoken.length === 0,
        autoselect: track !== "ALTERNATE_AUDIO_NOT_AUTO_SELECT",
        channels: audio?.channels ?? 2,
        describesVideo: hls.DescriptiveVideoServiceFlag === "FLAG",
        uri,
        rates,
        codecs,
      });
      continue;
    }
    variants.push({
      ...rates,
      uri,
      codecs,
      size:
        video && words.StreamInfResolution !== "EXCLUDE"
          ? { width: video.width, height: video.height }
          : undefined,
      frameRate: video ? video.rate.num / video.rate.den : undefined,
      audio: hls.AudioRenditionSets,
    });
  }
  const joined = variants.map((variant): Variant => {
    const hasOwnSound = variant.codecs.some((codec) => codec.startsWith("mp4a"));
    const set = variant.audio ?? (variant.size && !hasOwnSound ? spoken[0]?.group : undefined);
    const inside = spoken.filter((one) => one.group === set);
    if (inside.length === 0) return { ...variant, audio: undefined };
    return {
      ...variant,
      peak: variant.peak + Math.max(...inside.map((one) => one.rates.peak)),
      average: variant.average + Math.max(...inside.map((one) => one.rates.average)),
      codecs: [...new Set([...variant.codecs, ...inside.flatMap((one) => one.codecs)])],
      audio: set,
    };
  });
  if (wantsManifests) await write(`${base}.m3u8`, multivariantPlaylist(joined, spoken, 4));
  return {
    media,
    manifests,
    playlists: wantsManifests ? [`${base}.m3u8`] : [],
    outputs: work.cuts.map(({ output, segments }) => ({
      seconds: segments.reduce((sum, { seconds }) => sum + seconds, 0),
      averageBitrate: ratesOf(segments).average,
      paths: wantsManifests ? [`${base}${output.modifier}.m3u8`] : [],
    })),
  };
}
