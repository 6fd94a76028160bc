import * as path from "node:path/posix";
import * as z from "zod";
import * as Objects from "../aws/objects.ts";
import * as Signatures from "../aws/signatures.ts";
import * as Config from "../config/index.ts";
import * as Id from "../id/id.ts";
import * as Job from "../job/index.ts";
import { beside } from "../output/playlist.ts";
import { Problem } from "../problem/index.ts";
import { read } from "./pass.ts";
import { rewriteDash, rewriteHls } from "./rewrite.ts";

/** A playlist of one attempt, asked for with nothing but a grant. */
export const Asked = z.object({
  videoId: Id.VideoId,
  attempt: z.coerce.number().int().min(1).max(999_999),
  /** such as `main.m3u8` */
  name: z.string().regex(/^[\w-]{1,60}\.(m3u8|mpd)$/),
  grant: z.string().min(1).max(1000),
});
export type Asked = z.output<typeof Asked>;

export interface Playlist {
  text: string;
  contentType: string;
}

/** Where playlists are asked for, below the API's root. */
export const PLAYLISTS = "/videos/{id}/attempts/{attempt}/playlists/{name}" as const;

/** The address of a playlist, with the grant that it is asked for with. */
export function addressOf({ videoId, attempt, name, grant }: Asked): string {
  const place = PLAYLISTS.replace("{id}", videoId)
    .replace("{attempt}", String(attempt))
    .replace("{name}", name);
  return `${Config.edgeUrl()}${Config.API_ROOT}${place}?grant=${grant}`;
}

/**
 * A stored playlist in which every line carries the grant that it was asked for with: playlists as
 * addresses of this same kind, all other files with the grant's own signature.
 *
 * @throws Problem `GrantInvalid` when the grant is over, edited, or of another film or attempt
 * @throws Problem `PlaylistNotFound` when the attempt has no playlist of that name
 */
export async function playlist(asked: Asked): Promise<Playlist> {
  const prefix = Job.prefix(asked.videoId, asked.attempt);
  const signed = await read(asked.grant, `${prefix}*`);
  const file = `${FOLDER}/${asked.name}`;
  const text = await stored(`${prefix}${file}`);
  if (text === undefined) throw new Problem("PlaylistNotFound");

  const query = Signatures.query(signed);
  const opened = (key: string) => `${Config.edgeUrl()}/${prefix}${key}?${query}`;
  if (asked.name.endsWith(".mpd")) {
    const placed = (name: string) =>
      TEMPLATE.test(name) ? opened(`${FOLDER}/${name}`) : undefined;
    return { text: rewriteDash(text, placed), contentType: TYPES.mpd };
  }
  const placed = (name: string) => {
    const key = within(file, name);
    if (key === undefined) return undefined;
    const other = path.basename(key);
    const isPlaylist = Asked.shape.name.safeParse(other).success;
    if (isPlaylist && path.dirname(key) === FOLDER) return addressOf({ ...asked, name: other });
    return opened(key.split("/").map(encodeURIComponent).join("/"));
  };
  return { text: rewriteHls(text, placed), contentType: TYPES.m3u8 };
}

async function stored(key: string): Promise<string | undefined> {
  try {
    return await Objects.text({ bucket: Config.deliveryBucket(), key });
  } catch (error) {
    // who may not list a bucket is told so of what is not there, and to read playlists is all we may
    if (error instanceof Error && error.name === "AccessDenied") return undefined;
    throw error;
  }
}

/** A file that a playlist names, below the attempt; undefined when it leads elsewhere. */
function within(playlist: string, file: string): string | undefined {
  try {
    return beside(playlist, file);
  } catch (error) {
    if (error instanceof URIError) return undefined; // no name of a file of ours
    throw error;
  }
}

/** The one folder of an attempt that has playlists. */
const FOLDER = path.dirname(Job.STREAM);
/** A file's name in a DASH manifest, with what the player fills in, such as `main_$Number%09d$.mp4`. */
const TEMPLATE = /^[A-Za-z0-9$%_-][A-Za-z0-9$%._-]*$/;

/** Source: RFC 8216, section 10; ISO/IEC 23009-1, annex C. */
export const TYPES = {
  m3u8: "application/vnd.apple.mpegurl",
  mpd: "application/dash+xml",
} as const;
