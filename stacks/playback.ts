import { accountsLink } from "./accounts.ts";
import { edge, readPlaylists, streams } from "./delivery.ts";
import { gateway } from "./gateway.ts";
import { films, onFilms } from "./library.ts";
import { readSigningKey, signer } from "./signing.ts";
import { upTo } from "./stage.ts";

/**
 * Who may watch gets a grant for one film, and playlists that carry it. The only one that reads the
 * signing key.
 */
export const playback = new sst.aws.Function("Playback", {
  handler: "packages/functions/src/api/playback.handler",
  timeout: upTo("10 seconds"),
  memory: "1024 MB",
  link: [accountsLink, films, signer, streams, edge],
  permissions: [onFilms("GetItem"), readSigningKey, readPlaylists],
});

// without the authorizer: a public film is anybody's, and a playlist is asked for with a grant. The
// function itself looks at the token of whoever brings one
gateway.route("POST /api/videos/{id}/grants", playback.arn, { name: "Grants" });
gateway.route("GET /api/videos/{id}/attempts/{attempt}/playlists/{name}", playback.arn, {
  name: "Playlists",
});
