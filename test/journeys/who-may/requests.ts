import { table } from "../../../packages/functions/src/api/table/index.ts";
import type { Described } from "../../../packages/functions/src/door/described.ts";
import type { Person } from "../../support/people.ts";
import type { Rows } from "../../support/rows.ts";
import type { Relation } from "./rules.ts";

export const routes: readonly Described[] = table;

/** One request, ready to be sent with whatever token. */
export interface Prepared {
  method: string;
  path: string;
  body?: object | undefined;
}

/** What requests are prepared from. */
export interface Stock {
  rows: Rows;
  /** Rows of a film that was really made, of one that waits for its upload, and of a webhook. */
  ready: Record<string, unknown>[];
  waiting: Record<string, unknown>[];
  hook: Record<string, unknown>[];
  /** A playlist's address with a grant, below the API. */
  playlist: string;
  /** somebody else, whose things nobody here may touch */
  stranger: Person;
}

/** Prepares a request that would do no harm to anything but what is made for it here. */
export async function prepare(
  { id, method, path }: Described,
  stock: Stock,
  who: Pick<Person, "sub">,
  relation: Relation,
): Promise<Prepared> {
  const owner = relation === "own" ? who.sub : stock.stranger.sub;
  if (id === "readPlaylist") return { method, path: stock.playlist };
  if (path.startsWith("/videos/{id}") || id === "estimate") {
    const video = await film(id, stock, who, relation);
    const upload = String(stock.waiting.find(({ uploadId }) => uploadId)?.uploadId);
    const body = id === "estimate" ? { videoId: video } : BODIES[id];
    return { method, path: path.replace("{id}", video).replace("{uploadId}", upload), body };
  }
  if (path.startsWith("/webhooks/{id}"))
    return { method, path: await webhook(path, stock, owner), body: BODIES[id] };
  if (path.includes("{owner}")) {
    return { method, path: path.replace("{owner}", owner), body: BODIES[id] };
  }
  const query = /^(listVideos|showCosts|compareReserved)$/.test(id) ? `?owner=${owner}` : "";
  return { method, path: path + query, body: BODIES[id] };
}

const FILE = { filename: "film.mp4", sizeBytes: 1000, type: "video/mp4" };
const BODIES: Record<string, object> = {
  openVideo: FILE,
  replaceSource: FILE,
  changeVideo: { title: "Another" },
  setBudget: { monthlyUsd: 100_000 },
  openWebhook: { url: "https://example.org/hook" },
  changeWebhook: { enabled: false },
};

/** A film in the state in which the route has something to do. */
function film(id: string, stock: Stock, { sub }: Pick<Person, "sub">, relation: Relation) {
  const waits = /^(showUpload|addressParts|completeUpload|abortUpload|cancelVideo)$/.test(id);
  const to = {
    ownerId: relation === "own" ? sub : stock.stranger.sub,
    sharedWith: relation === "shared" ? [sub] : [],
    visibility: relation === "public" ? ("public" as const) : ("private" as const),
  };
  const failed = { status: "FAILED", problem: { code: "EncodeFailed", message: "It broke." } };
  return stock.rows.copy(
    waits ? stock.waiting : stock.ready,
    to,
    id === "retryVideo" ? failed : {},
  );
}

/** Somebody's webhook with a delivery, whether they could have made one or not. */
async function webhook(path: string, { rows, hook }: Stock, owner: string): Promise<string> {
  const id = `whk_${rows.fresh()}`;
  let delivery = "";
  for (const row of hook) {
    const isDelivery = String(row.SK).startsWith("DELIVERY#");
    if (isDelivery) delivery = String(row.SK).replace("DELIVERY#", "");
    await rows.put({
      ...row,
      webhookId: id,
      owner,
      ...(isDelivery ? { PK: `WEBHOOK#${id}` } : { PK: `OWNER#${owner}`, SK: `WEBHOOK#${id}` }),
    });
  }
  return path.replace("{id}", id).replace("{deliveryId}", delivery);
}
