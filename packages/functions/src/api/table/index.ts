import type { Described } from "../../door/described.ts";
import * as costs from "./costs.ts";
import * as making from "./making.ts";
import * as people from "./people.ts";
import * as playback from "./playback.ts";
import * as uploads from "./uploads.ts";
import * as videos from "./videos.ts";
import * as webhooks from "./webhooks.ts";

/** Every route of the API. */
export const table: readonly Described[] = [
  videos,
  uploads,
  making,
  playback,
  costs,
  webhooks,
  people,
].flatMap((room) => Object.values(room));
