import type { Client } from "./client.ts";
import type { Room } from "./room.ts";
import { hashOf } from "./sessions.ts";
import type { ChallengeRow } from "./tables.ts";

/** Notes a question that a client is asked; it is good once, and for minutes. */
export function ask(
  room: Room,
  client: Client,
  handle: string,
  { kind, sub, state }: { kind: ChallengeRow["kind"]; sub: string | null; state: object },
): void {
  const { store, now } = room.cloud;
  const id = hashOf(handle);
  store.transaction(() => {
    store.run("DELETE FROM cognito_challenges WHERE expires_ms < ?", now());
    store.run(
      "INSERT INTO cognito_challenges VALUES (?, ?, ?, ?, ?, ?)",
      id,
      kind,
      client.id,
      sub,
      room.seal.close(Buffer.from(JSON.stringify(state)), about(id)),
      now() + client.settings.challengeMs,
    );
  });
}

/** The question that a handle stands for, when it was this client's and is still open. */
export function asked(
  room: Room,
  client: Client,
  handle: string,
  kind: ChallengeRow["kind"],
): { id: Uint8Array; sub: string | null; state: unknown } | undefined {
  const found = room.cloud.store.get<ChallengeRow>(
    "SELECT * FROM cognito_challenges WHERE id = ? AND kind = ? AND client = ? AND expires_ms > ?",
    hashOf(handle),
    kind,
    client.id,
    room.cloud.now(),
  );
  if (!found) return undefined;
  const text = room.seal.open(found.state, about(found.id)).toString();
  return { id: found.id, sub: found.sub, state: JSON.parse(text) };
}

/** @returns false when somebody else has answered it meanwhile */
export function close({ cloud }: Room, id: Uint8Array): boolean {
  return cloud.store.run("DELETE FROM cognito_challenges WHERE id = ?", id).changes === 1;
}

const about = (id: Uint8Array): string => `challenge ${Buffer.from(id).toString("hex")}`;
