import type { Key, Row } from "../aws/table.ts";
import * as Table from "../aws/table.ts";
import type { WebhookId } from "../id/id.ts";
import type { Secret } from "./secret.ts";

/** What can be heard. `webhook.test` is heard by whoever asks for it. */
export const events = ["video.ready", "video.failed", "video.canceled"] as const;
export type Event = (typeof events)[number] | typeof TEST;
export const TEST = "webhook.test";

/**
 * An address that wants to hear of its owner's films. Attributes avoid the names that the table's
 * indexes go by.
 */
export interface Endpoint {
  id: WebhookId;
  owner: string;
  url: string;
  /** Absent: every event, those of later versions too. */
  events?: Event[];
  description?: string;
  enabled: boolean;
  secrets: Secret[];
  openedAtMs: number;
}

export function wants(endpoint: Endpoint, event: Event): boolean {
  if (event === TEST) return true;
  return endpoint.enabled && (endpoint.events?.includes(event) ?? true);
}

export function keyOf(owner: string, id: WebhookId): Key {
  return { PK: ownerKey(owner), SK: `WEBHOOK#${id}` };
}

/** The row that counts an owner's endpoints, by naming them. */
export function countKey(owner: string): Key {
  return { PK: ownerKey(owner), SK: "WEBHOOKS" };
}

export async function find(owner: string, id: WebhookId): Promise<Endpoint | undefined> {
  const row = await Table.read(keyOf(owner, id));
  return row && fromRow(row);
}

/** All of an owner's, the oldest first. */
export async function all(owner: string): Promise<Endpoint[]> {
  const found: Endpoint[] = [];
  const rows = Table.every({
    where: "PK = :owner AND begins_with(SK, :webhook)",
    values: { ":owner": ownerKey(owner), ":webhook": "WEBHOOK#" },
  });
  for await (const row of rows) found.push(fromRow(row));
  return found;
}

/** It said that it is gone for good. One that has moved since is another one. */
export async function disable({ owner, id, url }: Endpoint): Promise<void> {
  await Table.change(keyOf(owner, id), {
    update: "SET enabled = :no",
    condition: "#url = :url",
    names: { "#url": "url" },
    values: { ":no": false, ":url": url },
  });
}

export function toRow(endpoint: Endpoint): Key & Row {
  const { id, ...rest } = endpoint;
  return { ...keyOf(endpoint.owner, id), webhookId: id, ...rest };
}

/** Rows are written by this project alone. */
export function fromRow(row: Row): Endpoint {
  const { webhookId, events: wanted, description } = row;
  return {
    id: webhookId as WebhookId,
    owner: String(row.owner),
    url: String(row.url),
    ...(wanted ? { events: wanted as Event[] } : {}),
    ...(description ? { description: String(description) } : {}),
    enabled: row.enabled === true,
    secrets: row.secrets as Secret[],
    openedAtMs: Number(row.openedAtMs),
  };
}

function ownerKey(owner: string): string {
  return `OWNER#${owner}`;
}
