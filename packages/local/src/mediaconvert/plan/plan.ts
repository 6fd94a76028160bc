import type { JobSettings, Output, OutputGroup } from "@aws-sdk/client-mediaconvert";
import { parseS3 } from "../objects.ts";
import { audiosOf, type Media } from "../probe/media.ts";
import { JobError } from "../problem.ts";
import { groupKinds } from "../settings/groups.ts";
import { aac, aacBitrate, channelsOf, h264, jpegScale, type Options, peakOf } from "./encoder.ts";
import { grow, type Step, step, write } from "./graph.ts";
import { checkLevel } from "./level.ts";
import { destinationOf, modifierOf } from "./names.ts";
import { made, openSound } from "./parts.ts";
import * as picture from "./picture.ts";
import { scene } from "./scene.ts";
import { type Fit, fit } from "./size.ts";
import { silence, sound } from "./sound.ts";
import { type Source, sourceOf } from "./source.ts";
import { cadence, outputRate } from "./timing.ts";
import type {
  Encode,
  GroupType,
  Plan,
  PlannedAudio,
  PlannedCaptures,
  PlannedGroup,
  PlannedVideo,
} from "./types.ts";

/**
 * Decides everything about a job before anything runs: a pure function of settings and probe.
 *
 * @throws JobError for settings that do not fit this input
 */
export function plan(
  settings: JobSettings,
  media: Media,
  about: { startedAtMs: number; canToneMap: boolean },
): Plan {
  const input = settings.Inputs?.[0] ?? {};
  const from = parseS3(input.FileInput ?? "");
  if (!from) throw new JobError(1010, "Input 1 has no address.");
  const source = sourceOf(media, settings, input);
  if (!source.video && audiosOf(media).length === 0) {
    throw new JobError(1020, "Input 1 has neither video nor audio.");
  }
  const groups = settings.OutputGroups ?? [];
  const outputs = groups.flatMap((group) => group.Outputs ?? []);
  const seen = scene(source, outputs, about.canToneMap);
  const sounds = soundtrack(source, seen !== undefined);
  const encodes = bank();
  const tags = picture.colourTags(source.video);

  const videoOf = (output: Output, group: OutputGroup): PlannedVideo | undefined => {
    const codec = output.VideoDescription?.CodecSettings;
    if (codec?.Codec !== "H_264" || !seen) return undefined;
    const asked = codec.H264Settings ?? {};
    const rate = outputRate(asked, seen.track);
    const fitted = sizeOf(output, seen);
    const beat = cadence(asked, rate, segmentOf(group));
    checkLevel(asked.CodecLevel, fitted.size, rate);
    const node = seen.canvas.view(rate, fitted);
    return {
      ...fitted.size,
      encode: encodes(node, "video", [...h264(asked, beat), ...tags]),
      rate,
      cadence: beat,
      peakBitrate: peakOf(asked),
      qvbr: asked.RateControlMode === "QVBR",
    };
  };

  const capturesOf = (output: Output): PlannedCaptures | undefined => {
    const codec = output.VideoDescription?.CodecSettings;
    if (codec?.Codec !== "FRAME_CAPTURE" || !seen) return undefined;
    const asked = codec.FrameCaptureSettings ?? {};
    const fitted = sizeOf(output, seen);
    const node = seen.canvas.captures(asked, outputRate({}, seen.track), fitted);
    const pad = `c${node.pads.length}${seen.count()}`;
    node.pads.push(pad);
    return {
      ...fitted.size,
      pad,
      rate: picture.captures(asked).rate,
      max: asked.MaxCaptures ?? 10_000_000,
      quantiser: jpegScale(asked),
    };
  };

  const audiosOfOutput = (output: Output): PlannedAudio[] =>
    (output.AudioDescriptions ?? []).map((described) => {
      const asked = described.CodecSettings?.AacSettings ?? {};
      const heard = source.audio(described.AudioSourceName);
      const padTo = matchesVideo(output) && seen ? source.seconds : undefined;
      const node = grow(sounds.of(heard), ...sound(heard, asked, padTo));
      const spoken = heard.kind === "track" ? heard.track.language : "und";
      const told = described.LanguageCode?.toLowerCase();
      const follows = described.LanguageCodeControl !== "USE_CONFIGURED";
      return {
        encode: encodes(node, "audio", aac(asked)),
        bitrate: aacBitrate(asked),
        sampleRate: asked.SampleRate ?? 48_000,
        channels: channelsOf(asked).count,
        language: follows && spoken !== "und" ? spoken : (told ?? spoken),
        streamName: described.StreamName,
      };
    });

  const planned = groups.map((group): PlannedGroup => {
    const type = group.OutputGroupSettings?.Type as GroupType;
    const place = group.OutputGroupSettings?.[groupKinds[type].member]?.Destination ?? "";
    return {
      type,
      group,
      destination: destinationOf(place, from, about.startedAtMs),
      outputs: (group.Outputs ?? []).map((output) => {
        const video = videoOf(output, group);
        const captures = capturesOf(output);
        const audios = audiosOfOutput(output);
        const size = video ?? captures;
        const modifier = modifierOf(output.NameModifier, from, about.startedAtMs, {
          ...(video ? { videoKbps: video.peakBitrate / 1000, rate: video.rate } : {}),
          ...(size ? { width: size.width, height: size.height } : {}),
          ...(audios[0] ? { audioKbps: audios[0].bitrate / 1000 } : {}),
        });
        return {
          output,
          modifier,
          audios,
          ...(video ? { video } : {}),
          ...(captures ? { captures } : {}),
        };
      }),
    };
  });

  const graph = [...(seen?.canvas.chains() ?? []), ...sounds.chains()];
  return { source, groups: planned, graph, seconds: source.seconds };
}

/** The sound half of the graph: one tree a track that is heard, and one of silence. */
function soundtrack(source: Source, hasVideo: boolean) {
  const trees = new Map<
    string,
    { root: Step; pad: string | undefined; chains: readonly string[] }
  >();
  return {
    of(heard: ReturnType<Source["audio"]>): Step {
      if (heard.kind === "silence" && !hasVideo) {
        throw new JobError(1021, "Input 1 has no audio that this job could use.");
      }
      const key = heard.kind === "track" ? String(heard.track.index) : "silence";
      let tree = trees.get(key);
      if (!tree) {
        const opened =
          heard.kind === "track"
            ? openSound(heard.track.index, source.spans)
            : made(...silence(source.seconds));
        tree = { root: step(...opened.filters), pad: opened.pad, chains: opened.chains };
        trees.set(key, tree);
      }
      return tree.root;
    },
    chains(): string[] {
      return [...trees.values()].flatMap(({ root, pad, chains }, index) => [
        ...chains,
        ...write(root, pad, "audio", `h${index}x`),
      ]);
    },
  };
}

/** Gives the same encoder for the same work. */
function bank() {
  const known = new Map<Step, Map<string, Encode>>();
  let count = 0;
  return (node: Step, kind: "video" | "audio", options: Options): Encode => {
    const here = known.get(node) ?? new Map<string, Encode>();
    known.set(node, here);
    const key = JSON.stringify(options);
    const found = here.get(key);
    if (found) return found;
    const encode: Encode = { kind, pad: `${kind.charAt(0)}${count}`, options };
    count += 1;
    node.pads.push(encode.pad);
    here.set(key, encode);
    return encode;
  };
}

/** @throws JobError 1040 for a size that cannot be coded */
function sizeOf(output: Output, seen: { width: number; height: number }): Fit {
  const { Width, Height, ScalingBehavior } = output.VideoDescription ?? {};
  for (const side of [Width, Height]) {
    if (side !== undefined && side % 2 === 1) {
      throw new JobError(1040, `An output of ${Width ?? "?"}x${Height ?? "?"} has an odd side.`);
    }
  }
  return fit(seen, { width: Width, height: Height, behavior: ScalingBehavior });
}

/** How long segments of a group are, and whether exactly; undefined for files that are not cut. */
function segmentOf(group: OutputGroup): { seconds: number; exact: boolean } | undefined {
  const { Type, CmafGroupSettings, DashIsoGroupSettings, HlsGroupSettings } =
    group.OutputGroupSettings ?? {};
  const settings = {
    CMAF_GROUP_SETTINGS: { ...CmafGroupSettings, standard: 10 },
    DASH_ISO_GROUP_SETTINGS: { ...DashIsoGroupSettings, standard: 30 },
    HLS_GROUP_SETTINGS: { ...HlsGroupSettings, standard: 10 },
  }[String(Type)];
  if (!settings) return undefined;
  return {
    seconds: settings.SegmentLength ?? settings.standard,
    exact: settings.SegmentLengthControl === "EXACT",
  };
}

function matchesVideo(output: Output): boolean {
  const { CmfcSettings, MpdSettings, Mp4Settings } = output.ContainerSettings ?? {};
  return [CmfcSettings, MpdSettings, Mp4Settings].some(
    (container) => container?.AudioDuration === "MATCH_VIDEO_DURATION",
  );
}
