import { Playback } from "@rushes/core/playback";
import { invoke } from "../door/invoke.ts";

/** Grants one film for a while. */
export const handler = invoke(Playback.Wish, (wish) => ({ videoId: wish.videoId }), Playback.grant);
