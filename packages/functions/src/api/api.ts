import { gateway } from "../door/gateway.ts";
import { app } from "../door/route.ts";
import { costs } from "./costs.ts";
import { making } from "./making.ts";
import { people } from "./people.ts";
import { uploads } from "./uploads.ts";
import { videos } from "./videos.ts";
import { webhooks } from "./webhooks.ts";

/** Everything people ask of the library. Grants and playlists have a function of their own. */
export const handler = gateway(app([videos, uploads, making, costs, webhooks, people].flat()));
