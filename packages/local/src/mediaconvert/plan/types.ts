import type { Output, OutputGroup } from "@aws-sdk/client-mediaconvert";
import type { Ratio } from "../probe/media.ts";
import type { groupKinds } from "../settings/groups.ts";
import type { Options } from "./encoder.ts";
import type { Destination } from "./names.ts";
import type { Size } from "./size.ts";
import type { Source } from "./source.ts";
import type { Cadence } from "./timing.ts";

/** One encoder of the job; several outputs may carry what it makes. */
export interface Encode {
  kind: "video" | "audio";
  /** its pad in the graph */
  pad: string;
  options: Options;
}

export interface PlannedVideo extends Size {
  encode: Encode;
  rate: Ratio;
  cadence: Cadence;
  peakBitrate: number;
  qvbr: boolean;
}

export interface PlannedAudio {
  encode: Encode;
  bitrate: number;
  sampleRate: number;
  channels: number;
  /** ISO 639-2, `und` when unknown */
  language: string;
  streamName: string | undefined;
}

export interface PlannedCaptures extends Size {
  pad: string;
  rate: Ratio;
  max: number;
  /** of the JPEG encoder, 2 best to 31 */
  quantiser: number;
}

/** One output: its settings, and what is in it. */
export interface PlannedOutput {
  output: Output;
  modifier: string;
  video?: PlannedVideo;
  audios: PlannedAudio[];
  captures?: PlannedCaptures;
}

export type GroupType = keyof typeof groupKinds;

export interface PlannedGroup {
  type: GroupType;
  group: OutputGroup;
  destination: Destination;
  outputs: PlannedOutput[];
}

export interface Plan {
  source: Source;
  groups: PlannedGroup[];
  /** chains of the filter graph */
  graph: string[];
  /** what the longest output should last */
  seconds: number;
}
