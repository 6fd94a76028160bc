import type { ServerResponse } from "node:http";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { type Ear, openSmallEar } from "../testing/small-ear.ts";
import { openSmallPost, type Post } from "../testing/small-post.ts";
import * as Video from "../video/index.ts";
import * as Webhook from "./index.ts";

export const TITLE = "Ünsere Ferien";

/** An endpoint's answer. */
export function answers(status: number, headers = {}): (response: ServerResponse) => void {
  return (response) => void response.writeHead(status, headers).end("no");
}

/** An owner of films and endpoints, with a server that hears them. */
export class Stage {
  readonly cloud: SmallCloud;
  readonly post: Post;
  readonly ear: Ear;
  editor = { sub: "", groups: ["editor"] };
  made = 0;

  private constructor(cloud: SmallCloud, post: Post, ear: Ear) {
    this.cloud = cloud;
    this.post = post;
    this.ear = ear;
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(await openSmallCloud(), await openSmallPost(), await openSmallEar());
    process.env.SST_RESOURCE_Webhooks = JSON.stringify({
      queueUrl: stage.post.url("Deliveries"),
      schemes: ["https", "http"],
      privateHosts: [stage.ear.host],
    });
    return stage;
  }

  async close(): Promise<void> {
    this.ear.close();
    this.post.close();
    await this.cloud.close();
  }

  /** Another owner, of whom nobody has heard. */
  reset(): void {
    this.made += 1;
    this.editor = { ...this.editor, sub: `editor-${this.made}` };
    this.ear.heard.length = 0;
    this.ear.says.length = 0;
    this.post.empty("Deliveries");
    this.post.putOff.clear();
  }

  endpoint(wish: Partial<Webhook.Wish> = {}) {
    return Webhook.create(this.editor, { url: this.ear.url, ...wish });
  }

  async film(more: Table.Row = {}): Promise<Id.VideoId> {
    const videoId = Id.newVideo();
    await Table.put({
      ...Video.keyOf(videoId),
      videoId,
      ownerId: this.editor.sub,
      status: "READY",
      attempt: 1,
      title: TITLE,
      ...more,
    });
    return videoId;
  }

  /** The messages of deliveries that were sent and not carried. */
  messages(): unknown[] {
    return this.post.empty("Deliveries").map(({ body }) => body);
  }

  /** Carries messages, once each; answers how long each was put off, if it was. */
  async carry(messages = this.messages()): Promise<(number | "over")[]> {
    const outcomes: (number | "over")[] = [];
    for (const [at, message] of messages.entries()) {
      const receiptHandle = `receipt-${at}`;
      const outcome = await Webhook.deliver(Webhook.Carried.parse(message), { receiptHandle });
      outcomes.push(outcome === "again" ? (this.post.putOff.get(receiptHandle) ?? -1) : "over");
    }
    return outcomes;
  }

  async log(id: Id.WebhookId): Promise<Webhook.DeliveryView[]> {
    return (await Webhook.deliveries(this.editor, id)).items;
  }
}

export function announced(videoId: Id.VideoId, more: object = {}): Webhook.Announced {
  return Webhook.Announced.parse({
    dedupeId: `${videoId}:1:READY`,
    videoId,
    attempt: 1,
    status: "READY",
    title: TITLE,
    durationMs: 12_500,
    ...more,
  });
}
