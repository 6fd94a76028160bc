import { edge } from "./delivery.ts";
import { films, onFilms } from "./library.ts";
import { readSigningKey, signer } from "./signing.ts";
import { upTo } from "./stage.ts";

/** Who may watch gets a grant for one film. */
export const playback = new sst.aws.Function("Playback", {
  handler: "packages/functions/src/api/playback.handler",
  timeout: upTo("10 seconds"),
  memory: "1024 MB",
  link: [films, signer, edge],
  permissions: [onFilms("GetItem"), readSigningKey],
});
