import type { Rushes, Video } from "@rushes/client";
import type { Exit } from "../exit.ts";
import { shown } from "./films.ts";
import type { Desk } from "./run.ts";

/** Follows a film to its end with one bar a phase, and answers with what became of it. */
export async function follow(
  desk: Desk,
  client: Rushes,
  id: string,
  attempt?: number,
): Promise<Exit | undefined> {
  const video = await followed(desk, client, id, attempt);
  desk.terminal.answer(video, () => shown(video));
  return ending(video);
}

/** The exit for a film's end: a film that cannot be watched is no success. */
export function ending({ status }: Video): Exit | undefined {
  return status === "READY" ? undefined : "filmFailed";
}

/** @param attempt the end of an earlier one is not the end */
export async function followed(
  { terminal, signal }: Desk,
  client: Rushes,
  id: string,
  attempt?: number,
): Promise<Video> {
  let last: Video | undefined;
  for await (const { video } of client.watch(id, { signal, ...(attempt ? { attempt } : {}) })) {
    if (last && last.phase !== video.phase) terminal.set(named(last), 1);
    // most phases are over before there is anything to count
    if (!video.settled) terminal.set(named(video), video.percent / 100 || undefined);
    last = video;
  }
  terminal.end();
  if (!last) throw new Error(`Nothing was heard of ${id}.`);
  return last;
}

/** The phase, in words. */
const named = ({ phase }: Video): string => phase.replaceAll("-", " ");
