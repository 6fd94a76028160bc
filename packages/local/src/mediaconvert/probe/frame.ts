import { inputGuards } from "../../ffmpeg/guards.ts";
import { ask } from "../../ffmpeg/run.ts";
import type { Media, VideoTrack } from "./media.ts";

/**
 * Adds what only the first picture tells: HEVC carries the light of its mastering display in the
 * stream, not in the container. Films of standard range are left as they are.
 */
export async function withFirstPicture(
  ffprobe: string,
  jail: string,
  media: Media,
): Promise<Media> {
  const tracks = await Promise.all(
    media.tracks.map(async (track) => {
      if (track.kind !== "video" || !wide.has(track.transfer) || tellsLight(track)) return track;
      return { ...track, sideData: [...track.sideData, ...(await sideData(ffprobe, jail, track))] };
    }),
  );
  return { ...media, tracks };
}

async function sideData(
  ffprobe: string,
  jail: string,
  track: VideoTrack,
): Promise<VideoTrack["sideData"]> {
  const ran = await ask({
    program: ffprobe,
    args: [
      ...["-v", "error", ...inputGuards(), "-select_streams", String(track.index)],
      ...["-show_frames", "-read_intervals", "%+#1", "-of", "json", "-i", "source"],
    ],
    folder: jail,
    timeoutMs: 60_000,
  });
  if (ran.code !== 0) return [];
  const answer = JSON.parse(ran.output) as {
    frames?: Array<{ side_data_list?: VideoTrack["sideData"] }>;
  };
  return answer.frames?.[0]?.side_data_list ?? [];
}

function tellsLight(track: VideoTrack): boolean {
  return track.sideData.some(({ side_data_type: type }) =>
    /^(Mastering|Content light)/.test(String(type)),
  );
}

const wide = new Set(["smpte2084", "arib-std-b67"]);
