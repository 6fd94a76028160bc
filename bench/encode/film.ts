import { run } from "./ffmpeg.ts";

/** What a usual upload looks like to an encoder: much moves, and a camera's noise lies over it. */
export async function makeFilm(program: string, folder: string, name: string): Promise<void> {
  const args = [
    ...["-hide_banner", "-loglevel", "error", "-nostats", "-nostdin"],
    ...["-f", "lavfi", "-i", `testsrc2=s=1920x1080:r=30:d=${SECONDS}`],
    ...["-f", "lavfi", "-i", `anoisesrc=c=pink:a=0.1:r=48000:d=${SECONDS}`],
    ...["-filter:v", "noise=alls=12:allf=t,format=yuv420p", "-ac", "2"],
    ...["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-maxrate", "12M"],
    ...["-bufsize", "24M", "-c:a", "aac", "-b:a", "128k", "-f", "mp4", name],
  ];
  await run(program, args, folder);
}

const SECONDS = 30;
