import { ALL_FORMATS, FilePathSource, HLS, Input } from "mediabunny";
import { Ended } from "../exit.ts";

/** What a file says of itself, as far as prices ask. */
export interface Measured {
  duration: number;
  size?: { width: number; height: number };
  fps?: number;
  silent: boolean;
}

/**
 * Reads a file's headers: MP4, QuickTime, WebM, Matroska, MPEG-TS and the usual kinds of sound.
 *
 * @throws Ended when it is none of these
 */
export async function measure(file: string): Promise<Measured> {
  const input = new Input({ formats: FILES, source: new FilePathSource(file) });
  try {
    const [picture, sound, duration] = await Promise.all([
      input.getPrimaryVideoTrack(),
      input.getPrimaryAudioTrack(),
      input.computeDuration(),
    ]);
    const packets = await picture?.computePacketStats(SAMPLE_PACKETS);
    return {
      duration,
      ...(picture ? { size: { width: picture.displayWidth, height: picture.displayHeight } } : {}),
      ...(packets ? { fps: packets.averagePacketRate } : {}),
      silent: !sound,
    };
  } catch (cause) {
    const why = "cannot be read from its headers: say --duration, --size and --fps instead";
    throw new Ended("usage", `${file} ${why}.`, { reason: (cause as Error).message });
  } finally {
    input.dispose();
  }
}

/** A playlist only points at films: it is none. */
const FILES = ALL_FORMATS.filter((format) => format !== HLS);

/** Enough pictures to tell a frame rate from. */
const SAMPLE_PACKETS = 100;
