/**
 * The environment of ffmpeg and ffprobe: nothing of ours.
 *
 * Windows starts nothing without `SystemRoot`. The static ffprobe that npm carries loads character
 * sets of the machine's C library to read a transport stream's service name, and crashes on them
 * (exit 139): a path without any keeps it from that.
 */
export function bareEnv(): Record<string, string> {
  const system = process.env.SystemRoot;
  return { GCONV_PATH: "/nonexistent", ...(system ? { SystemRoot: system } : {}) };
}
