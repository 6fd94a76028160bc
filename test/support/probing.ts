import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findTools } from "@rushes/local/ffmpeg";

/** Reads an address to its end with ffprobe, which knows nothing of cookies. */
export async function countPackets(
  address: string,
): Promise<{ video: number; endSeconds: number }> {
  const { stdout } = await promisify(execFile)(
    findTools().ffprobe,
    [
      ...["-v", "error", "-select_streams", "v:0", "-of", "json"],
      ...["-show_entries", "packet=pts_time,duration_time", address],
    ],
    { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
  );
  const { packets } = JSON.parse(stdout) as {
    packets: Array<{ pts_time: string; duration_time?: string }>;
  };
  const ends = packets.map((one) => Number(one.pts_time) + Number(one.duration_time ?? 0));
  const starts = packets.map((one) => Number(one.pts_time));
  return { video: packets.length, endSeconds: Math.max(...ends) - Math.min(...starts) };
}
