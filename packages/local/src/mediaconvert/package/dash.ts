import { ratesOf, uriOf } from "./hls.ts";
import type { Fetched, Rendition } from "./rendition.ts";

/** A representation, with what the manifest says about it beyond the files. */
export interface Represented {
  rendition: Rendition;
  contentType: string;
  frameRate: { num: number; den: number } | undefined;
  sampleRate: number | undefined;
  channels: number | undefined;
  /** tells sounds of one language apart */
  label: string | undefined;
  /** instead of what was measured */
  bandwidth: number | undefined;
}

export interface ManifestSettings {
  baseUrl: string | undefined;
  onDemand: boolean;
  minBufferSeconds: number | undefined;
}

/** The DASH manifest of one film: static, one period, one set a kind and language. */
export function manifest(all: readonly Represented[], settings: ManifestSettings): string {
  const segments = all.flatMap(({ rendition }) => rendition.segments);
  const ends = segments.map(({ startSeconds, seconds }) => startSeconds + seconds);
  const longest = Math.max(0, ...segments.map(({ seconds }) => seconds));
  const profile =
    settings.onDemand || all.every(({ rendition }) => !rendition.template)
      ? "isoff-on-demand:2011"
      : "isoff-live:2011";
  const sets = new Map<string, Array<Represented & { id: number }>>();
  for (const [index, one] of all.entries()) {
    const { track, language } = one.rendition;
    const key = track.kind === "video" ? "video" : `audio ${language} ${one.label ?? ""}`;
    sets.set(key, [...(sets.get(key) ?? []), { ...one, id: index + 1 }]);
  }
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element("MPD", {
      xmlns: "urn:mpeg:dash:schema:mpd:2011",
      profiles: `urn:mpeg:dash:profile:${profile}`,
      type: "static",
      mediaPresentationDuration: iso(Math.max(0, ...ends)),
      maxSegmentDuration: iso(longest),
      minBufferTime: iso(settings.minBufferSeconds ?? Math.max(2, longest)),
    }),
    ...(settings.baseUrl ? [`  <BaseURL>${escaped(slashed(settings.baseUrl))}</BaseURL>`] : []),
    '  <Period id="1" start="PT0S">',
    ...[...sets.values()].flatMap((set, index) => adaptationSet(set, index + 1)),
    "  </Period>",
    "</MPD>",
  ];
  return `${lines.join("\n")}\n`;
}

function adaptationSet(set: Array<Represented & { id: number }>, id: number): string[] {
  const [first] = set;
  if (!first) return [];
  const { track, language } = first.rendition;
  const isVideo = track.kind === "video";
  const sizes = set.map(({ rendition }) => rendition.track);
  return [
    element(
      "AdaptationSet",
      {
        id,
        contentType: track.kind,
        mimeType: first.contentType,
        lang: language === "und" ? undefined : language,
        segmentAlignment: "true",
        subsegmentAlignment: first.rendition.template ? undefined : "true",
        startWithSAP: 1,
        subsegmentStartsWithSAP: first.rendition.template ? undefined : 1,
        maxWidth: isVideo ? Math.max(...sizes.map(({ width }) => width)) : undefined,
        maxHeight: isVideo ? Math.max(...sizes.map(({ height }) => height)) : undefined,
      },
      4,
    ),
    ...(isVideo ? [] : ['      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>']),
    ...set.flatMap(representation),
    "    </AdaptationSet>",
  ];
}

function representation(one: Represented & { id: number }): string[] {
  const { rendition, frameRate } = one;
  const { track } = rendition;
  const isVideo = track.kind === "video";
  const rate =
    frameRate && (frameRate.den === 1 ? frameRate.num : `${frameRate.num}/${frameRate.den}`);
  return [
    element(
      "Representation",
      {
        id: one.id,
        bandwidth: one.bandwidth ?? ratesOf(rendition.segments).peak,
        codecs: rendition.codec,
        width: isVideo ? track.width : undefined,
        height: isVideo ? track.height : undefined,
        frameRate: isVideo ? rate : undefined,
        sar: isVideo ? "1:1" : undefined,
        audioSamplingRate: one.sampleRate,
      },
      6,
    ),
    ...(one.channels
      ? [
          `        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="${one.channels}"/>`,
        ]
      : []),
    ...(rendition.template ? segmentTemplate(rendition) : segmentBase(rendition)),
    "      </Representation>",
  ];
}

function segmentTemplate(rendition: Rendition): string[] {
  // the name's own dollar signs are doubled, those of the template are not
  const template = rendition.template ?? "";
  const cut = template.lastIndexOf("$Number%09d$");
  const name = encodeURIComponent(template.slice(0, cut)).replaceAll("%24", "$$$$");
  const media = `${name}$Number%09d$${encodeURIComponent(template.slice(cut + 12))}`;
  return [
    element(
      "SegmentTemplate",
      {
        timescale: rendition.track.timescale,
        presentationTimeOffset: rendition.offset === 0 ? undefined : rendition.offset,
        initialization: uriOf(rendition.init.name).replaceAll("%24", "$$$$"),
        media,
        startNumber: 1,
      },
      8,
    ),
    "          <SegmentTimeline>",
    ...timeline(rendition.segments),
    "          </SegmentTimeline>",
    "        </SegmentTemplate>",
  ];
}

/** Equal neighbours are written once, with how often they repeat. */
function timeline(segments: readonly Fetched[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index < segments.length; ) {
    const first = segments[index];
    if (!first) break;
    let repeats = 0;
    while (segments[index + repeats + 1]?.ticks === first.ticks) repeats += 1;
    const time = index === 0 ? ` t="${first.time}"` : "";
    const repeat = repeats > 0 ? ` r="${repeats}"` : "";
    lines.push(`            <S${time} d="${first.ticks}"${repeat}/>`);
    index += repeats + 1;
  }
  return lines;
}

function segmentBase(rendition: Rendition): string[] {
  const { index, init, track } = rendition;
  return [
    `        <BaseURL>${escaped(uriOf(init.name))}</BaseURL>`,
    element(
      "SegmentBase",
      {
        timescale: track.timescale,
        presentationTimeOffset: rendition.offset === 0 ? undefined : rendition.offset,
        indexRange: index ? `${index.first}-${index.end - 1}` : undefined,
      },
      8,
    ),
    `          <Initialization range="0-${init.bytes - 1}"/>`,
    "        </SegmentBase>",
  ];
}

function element(
  name: string,
  attributes: Record<string, string | number | undefined>,
  indent = 0,
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return `${" ".repeat(indent)}<${name}${written.join("")}>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function slashed(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

function iso(seconds: number): string {
  return `PT${Number(seconds.toFixed(3))}S`;
}
