import type { Cloud } from "../../kernel/cloud.ts";
import type { AudioTrack, Media, VideoTrack } from "../probe/media.ts";
import { type JobRow, type Phase, requestOf } from "./row.ts";

/** Puts one event of a job on the bus. Inside a transaction it is part of it. */
export function emitJob(
  cloud: Cloud,
  row: JobRow,
  arns: { job: string; queue: string },
  status: string,
  more: Record<string, unknown> = {},
): void {
  cloud.emit({
    source: "aws.mediaconvert",
    "detail-type": "MediaConvert Job State Change",
    resources: [arns.job],
    detail: {
      timestamp: cloud.now(),
      accountId: cloud.accountId,
      queue: arns.queue,
      jobId: row.id,
      status,
      userMetadata: requestOf(row).UserMetadata ?? {},
      ...more,
    },
  });
}

/** INPUT_INFORMATION: all inputs in one event. */
export function inputDetails(uri: string, media: Media): Array<Record<string, unknown>> {
  return [
    {
      id: 1,
      uri,
      audio: media.tracks.filter((track) => track.kind === "audio").map(audioDetails),
      video: media.tracks.filter((track) => track.kind === "video").map(videoDetails),
    },
  ];
}

function audioDetails(track: AudioTrack) {
  return {
    channels: track.channels,
    codec: codecWord(track.codec),
    language: track.language.toUpperCase(),
    sampleRate: track.sampleRate,
    streamId: track.index + 1,
  };
}

function videoDetails(track: VideoTrack) {
  const chroma = /4(44|22|20|11|10)/.exec(track.pixelFormat)?.[1];
  return {
    bitDepth: track.bitDepth,
    codec: codecWord(track.codec),
    colorFormat: chroma ? `YUV_4${chroma}` : "UNSPECIFIED",
    fourCC: /^[\w ]{4}$/.test(track.fourCC) ? track.fourCC : "",
    frameRate: Math.round((track.frameRate.num / track.frameRate.den) * 100) / 100,
    height: track.height,
    interlaceMode: track.interlaced
      ? `${track.interlaced.toUpperCase()}_FIELD_FIRST`
      : "PROGRESSIVE",
    sar: `${track.aspect.num}:${track.aspect.den}`,
    standard: "UNSPECIFIED",
    streamId: track.index + 1,
    width: track.width,
  };
}

/** Events and settings say `H_264`, Probe says `AVC`. */
function codecWord(codec: string): string {
  const words: Record<string, string> = {
    h264: "H_264",
    hevc: "H_265",
    mpeg2video: "MPEG2",
    mpeg1video: "MPEG1",
    mpeg4: "MPEG4",
  };
  return words[codec] ?? codec.toUpperCase();
}

const phases: readonly Phase[] = ["PROBING", "TRANSCODING", "UPLOADING"];

/** STATUS_UPDATE's progress: phases before the current one are done. */
export function jobProgress(now: {
  phase: Phase;
  phasePercent: number;
  percent: number;
  runs: number;
}) {
  const at = phases.indexOf(now.phase);
  const phaseProgress = Object.fromEntries(
    phases.map((phase, index) => {
      if (index < at) return [phase, { status: "COMPLETE", percentComplete: 100 }];
      if (index > at) return [phase, { status: "PENDING", percentComplete: 0 }];
      return [phase, { status: "PROGRESSING", percentComplete: Math.floor(now.phasePercent) }];
    }),
  );
  return {
    phaseProgress,
    jobPercentComplete: now.percent,
    currentPhase: now.phase,
    retryCount: Math.max(0, now.runs - 1),
  };
}

/** The whole of a job from how far a phase is; transcoding is most of it. */
export function jobPercent(phase: Phase, phasePercent: number): number {
  const share = { PROBING: [0, 3], TRANSCODING: [3, 93], UPLOADING: [93, 99] }[phase];
  const [from = 0, to = 0] = share;
  return Math.floor(from + ((to - from) * Math.min(100, phasePercent)) / 100);
}
