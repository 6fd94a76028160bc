import type { AacSettings } from "@aws-sdk/client-mediaconvert";
import { channelsOf } from "./encoder.ts";
import type { Heard } from "./source.ts";

/** What one audio output hears, at its own rate and layout, from time 0 without gaps. */
export function sound(heard: Heard, settings: AacSettings, padToSeconds?: number): string[] {
  const rate = settings.SampleRate ?? 48_000;
  const { layout } = channelsOf(settings);
  const filters: string[] = [];
  if (heard.kind === "track" && heard.offsetMs !== 0) {
    filters.push(`asetpts=PTS+${heard.offsetMs / 1000}/TB`);
  }
  if (heard.kind === "track") filters.push(`aresample=${rate}:async=1:first_pts=0`);
  filters.push(`aformat=sample_fmts=fltp:sample_rates=${rate}:channel_layouts=${layout}`);
  if (padToSeconds !== undefined) filters.push("apad", `atrim=end=${padToSeconds.toFixed(6)}`);
  return filters;
}

/** A source of silence, as long as the film. */
export function silence(seconds: number): string[] {
  return ["anullsrc=r=48000:cl=stereo", `atrim=end=${Math.max(seconds, 0.05).toFixed(6)}`];
}
