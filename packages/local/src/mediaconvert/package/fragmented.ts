import type { FileHandle } from "node:fs/promises";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Encode, PlannedGroup, PlannedOutput } from "../plan/types.ts";
import { cutVideo, type Lengths } from "./cut.ts";
import { manifest } from "./dash.ts";
import {
  type Alternate,
  mediaPlaylist,
  multivariantPlaylist,
  ratesOf,
  uriOf,
  type Variant,
} from "./hls.ts";
import { type Ready, type Rendition, withoutPriming, writeRendition } from "./rendition.ts";
import type { SampleTrack } from "./samples.ts";

/** A group as it will be stored: media first, manifests last. */
export interface Packaged {
  media: Ready[];
  manifests: Ready[];
  /** names of the top manifests, in the order of the event */
  playlists: string[];
  /** by output: what the event and the job say */
  outputs: PackagedOutput[];
}

export interface PackagedOutput {
  seconds: number;
  averageBitrate: number | undefined;
  /** names of the output's own files in the event */
  paths: string[];
}

/** Packages one CMAF or DASH group out of the encoder's file. */
export async function packageFragmented(work: {
  group: PlannedGroup;
  pool: FileHandle;
  tracks: ReadonlyMap<Encode, SampleTrack>;
  /** an empty folder */
  folder: (name: string) => Promise<string>;
}): Promise<Packaged> {
  const { group } = work;
  const isCmaf = group.type === "CMAF_GROUP_SETTINGS";
  const about = group.group.OutputGroupSettings ?? {};
  const settings = isCmaf ? about.CmafGroupSettings : about.DashIsoGroupSettings;
  const signed = settings?.VideoCompositionOffsets === "SIGNED";
  const found = group.outputs.map((output) => trackOf(output, work.tracks, signed));
  const delaySeconds = Math.max(0, ...found.map((track) => startsBefore(track, signed)));
  const lengthsOf = (output: PlannedOutput): Lengths => ({
    segmentSeconds: segmentSeconds(output, settings?.SegmentLength ?? (isCmaf ? 10 : 30)),
    fragmentSeconds: settings?.FragmentLength ?? 2,
    minFinalSeconds: settings?.MinFinalSegmentLength ?? 0,
  });
  const leader = group.outputs.findIndex(({ video }) => video);
  const leading = found[leader];
  const lead = group.outputs[leader];
  const starts =
    leading && lead ? cutVideo(leading, lengthsOf(lead)).map((one) => one.startSeconds) : [];

  const renditions: Rendition[] = [];
  for (const [index, output] of group.outputs.entries()) {
    const track = found[index];
    if (!track) continue;
    renditions.push(
      await writeRendition(work.pool, await work.folder(`r${index}`), {
        track,
        language: output.audios[0]?.language ?? "und",
        name: group.destination.base + output.modifier,
        extension: extensionOf(isCmaf, track.kind),
        contentType: `${track.kind}/mp4`,
        lengths: lengthsOf(output),
        single: settings?.SegmentControl === "SINGLE_FILE",
        signed,
        delaySeconds,
        starts,
      }),
    );
  }

  const folder = await work.folder("manifests");
  const manifests: Ready[] = [];
  const write = async (name: string, contentType: string, text: string) => {
    const file = join(folder, String(manifests.length));
    await writeFile(file, text);
    manifests.push({ file, name, contentType, bytes: Buffer.byteLength(text) });
    return name;
  };
  const { base } = group.destination;
  const cmaf = about.CmafGroupSettings;
  const hls = isCmaf && cmaf?.WriteHlsManifest !== "DISABLED";
  const dash = !isCmaf || cmaf?.WriteDashManifest !== "DISABLED";
  const playlists: string[] = [];
  if (hls) {
    for (const [index, output] of group.outputs.entries()) {
      const rendition = renditions[index];
      const name = `${base}${output.modifier}.m3u8`;
      if (rendition) await write(name, HLS_TYPE, playlistOf(rendition, cmaf ?? {}));
    }
  }
  if (dash) {
    const text = manifest(
      group.outputs.flatMap((output, index) => {
        const rendition = renditions[index];
        return rendition ? [{ rendition, ...describe(output, rendition, settings ?? {}) }] : [];
      }),
      {
        baseUrl: settings?.BaseUrl,
        onDemand: settings?.MpdProfile === "ON_DEMAND_PROFILE",
        minBufferSeconds: settings?.MinBufferTime,
      },
    );
    playlists.push(await write(`${base}.mpd`, "application/dash+xml", text));
  }
  if (hls) {
    const text = multivariant(group, renditions, cmaf ?? {});
    playlists.push(await write(`${base}.m3u8`, HLS_TYPE, text));
  }
  return {
    media: renditions.flatMap(({ ready }) => ready),
    manifests,
    playlists,
    outputs: renditions.map((rendition) => ({
      seconds: rendition.segments.reduce((sum, { seconds }) => sum + seconds, 0),
      averageBitrate: ratesOf(rendition.segments).average,
      paths: [],
    })),
  };
}

function trackOf(
  output: PlannedOutput,
  tracks: ReadonlyMap<Encode, SampleTrack>,
  signed: boolean,
): SampleTrack {
  const encode = output.video?.encode ?? output.audios[0]?.encode;
  const track = encode && tracks.get(encode);
  if (!track) throw new Error("an output was planned without a track");
  return signed ? withoutPriming(track) : track;
}

/** How far decoding begins before the film does. */
function startsBefore(track: SampleTrack, signed: boolean): number {
  const first = (track.decode[0] ?? 0) + (signed ? (track.shifts[0] ?? 0) : 0);
  return -first / track.timescale;
}

/** The length that the encoder's key frames were made for. */
function segmentSeconds(output: PlannedOutput, asked: number): number {
  const { video } = output;
  if (!video?.cadence.forced) return asked;
  return (video.cadence.forced * video.rate.den) / video.rate.num;
}

function extensionOf(isCmaf: boolean, kind: "video" | "audio"): string {
  if (!isCmaf) return "mp4";
  return kind === "video" ? "cmfv" : "cmfa";
}

interface HlsWords {
  BaseUrl?: string | undefined;
  ClientCache?: string | undefined;
  ManifestDurationFormat?: string | undefined;
  StreamInfResolution?: string | undefined;
  TargetDurationCompatibilityMode?: string | undefined;
}

function playlistOf(rendition: Rendition, words: HlsWords): string {
  const single = !rendition.template;
  return mediaPlaylist({
    segments: rendition.segments.map((segment) => ({
      uri: uriOf(segment.name, words.BaseUrl),
      seconds: segment.seconds,
      ...(single ? { range: { bytes: segment.bytes, at: segment.at } } : {}),
    })),
    map: {
      uri: uriOf(rendition.init.name, words.BaseUrl),
      ...(single ? { range: { bytes: rendition.init.bytes, at: 0 } } : {}),
    },
    wholeSeconds: words.ManifestDurationFormat === "INTEGER",
    roundTarget: words.TargetDurationCompatibilityMode === "SPEC_COMPLIANT",
    mayCache: words.ClientCache !== "DISABLED",
  });
}

function multivariant(group: PlannedGroup, renditions: Rendition[], words: HlsWords): string {
  const { base } = group.destination;
  const rows = group.outputs.flatMap((output, index) => {
    const rendition = renditions[index];
    return rendition ? [{ output, rendition, rates: ratesOf(rendition.segments) }] : [];
  });
  const uri = (output: PlannedOutput) => uriOf(`${base}${output.modifier}.m3u8`, words.BaseUrl);
  const hasVideo = rows.some(({ output }) => output.video);
  const isVariant = (output: PlannedOutput) =>
    !hasVideo || containerOf(output)?.AudioTrackType === "AUDIO_ONLY_VARIANT_STREAM";
  const spoken = rows.filter(({ output }) => !output.video && !isVariant(output));
  const names = new Set<string>();
  const alternates = spoken.map(({ output }, index): Alternate => {
    const audio = output.audios[0];
    const track = containerOf(output)?.AudioTrackType ?? (index === 0 ? FIRST : OTHERS);
    let name = audio?.streamName || (audio?.language === "und" ? "Audio" : (audio?.language ?? ""));
    while (names.has(name)) name = `${name} ${index + 1}`;
    names.add(name);
    return {
      group: groupOf(output),
      name,
      language: audio?.language ?? "und",
      isDefault: track === FIRST,
      autoselect: track === FIRST || track === OTHERS,
      channels: audio?.channels ?? 2,
      describesVideo: containerOf(output)?.DescriptiveVideoServiceFlag === "FLAG",
      uri: uri(output),
    };
  });
  const groups = new Set(alternates.map((one) => one.group));
  const variants = rows.flatMap(({ output, rendition, rates }): Variant[] => {
    const { video } = output;
    if (!video && !isVariant(output)) return [];
    const common = {
      uri: uri(output),
      size:
        video && words.StreamInfResolution !== "EXCLUDE"
          ? { width: video.width, height: video.height }
          : undefined,
      frameRate: video ? video.rate.num / video.rate.den : undefined,
    };
    const named = containerOf(output)
      ?.AudioRenditionSets?.split(",")
      .map((set) => set.trim());
    const heard = video ? (named ?? [...groups]).filter((set) => groups.has(set)) : [];
    if (heard.length === 0) {
      return [{ ...common, ...rates, codecs: [rendition.codec], audio: undefined }];
    }
    return heard.map((set) => {
      const inside = spoken.filter((one) => groupOf(one.output) === set);
      const codecs = [...new Set([rendition.codec, ...inside.map((one) => one.rendition.codec)])];
      return {
        ...common,
        peak: rates.peak + Math.max(...inside.map((one) => one.rates.peak)),
        average: rates.average + Math.max(...inside.map((one) => one.rates.average)),
        codecs,
        audio: set,
      };
    });
  });
  return multivariantPlaylist(variants, alternates, 7);
}

function describe(
  output: PlannedOutput,
  rendition: Rendition,
  settings: { MpdManifestBandwidthType?: string | undefined },
) {
  const { video } = output;
  const audio = output.audios[0];
  const measured = ratesOf(rendition.segments).average;
  const bandwidth = {
    AVERAGE: video ? measured : undefined,
    MAX: video?.peakBitrate,
  }[settings.MpdManifestBandwidthType ?? ""];
  return {
    contentType: `${rendition.track.kind}/mp4`,
    frameRate: video?.rate,
    sampleRate: audio?.sampleRate,
    channels: audio?.channels,
    label: audio?.streamName,
    bandwidth,
  };
}

function containerOf(output: PlannedOutput) {
  return output.output.ContainerSettings?.CmfcSettings;
}

function groupOf(output: PlannedOutput): string {
  return containerOf(output)?.AudioGroupId ?? "program_audio";
}

const FIRST = "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT";
const OTHERS = "ALTERNATE_AUDIO_AUTO_SELECT";
export const HLS_TYPE = "application/vnd.apple.mpegurl";
