import type { VideoId } from "../id/id.ts";
import type { Plan, Rung } from "../ladder/ladder.ts";

/** The group's base name; MediaConvert appends modifiers and extensions to it. */
export const STREAM = "stream/main";
export const DOWNLOAD = "download/film";
export const POSTER = "pictures/poster";
export const THUMBNAILS = "thumbnails/t";
export const SOUND = "_sound";
export const SOUND_EXTENSION = "m4a";

/** Everything that was ever made of a film lies below here. */
export function folder(videoId: VideoId): string {
  return `videos/${videoId}/`;
}

/** Everything one attempt makes lies below here, and a grant opens exactly this. */
export function prefix(videoId: VideoId, attempt: number): string {
  return `${folder(videoId)}${attempt}/`;
}

/** Tells the renditions of one stream apart by their shorter side. */
export function modifier(rung: Pick<Rung, "widthPx" | "heightPx">): string {
  return `_${Math.min(rung.widthPx, rung.heightPx)}`;
}

/** The two addresses players begin with, below the attempt's prefix. */
export const HLS = `${STREAM}.m3u8`;
export const DASH = `${STREAM}.mpd`;

/** A rendition's own playlist, below the attempt's prefix. */
export function playlist(nameModifier: string): string {
  return `${STREAM}${nameModifier}.m3u8`;
}

export function download(plan: Plan): string {
  return `${DOWNLOAD}.${plan.rungs.length > 0 ? "mp4" : SOUND_EXTENSION}`;
}

/** Captures are numbered from 0, in seven digits. */
export function capture(base: string, index: number): string {
  return `${base}.${String(index).padStart(7, "0")}.jpg`;
}

/** The playlists of the renditions, in the job's order. */
export function modifiers(plan: Plan): string[] {
  return [...plan.rungs.map(modifier), ...(plan.audio ? [SOUND] : [])];
}

/**
 * Files that are there when the job ends well, whatever the film's length. The segments are
 * promised by the playlists.
 */
export function promised(plan: Plan): string[] {
  return [
    HLS,
    DASH,
    ...modifiers(plan).map(playlist),
    ...(plan.download ? [download(plan)] : []),
    ...(plan.pictures ? [capture(POSTER, 0)] : []),
    ...(plan.pictures?.thumbnails ? [capture(THUMBNAILS, 0)] : []),
  ];
}
