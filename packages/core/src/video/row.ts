import { OPERATORS } from "../actor/actor.ts";
import type { Key, Row } from "../aws/table.ts";
import type { VideoId } from "../id/id.ts";
import type { Published, Video } from "./film.ts";
import { Status } from "./moves.ts";

export function keyOf(id: VideoId): Key {
  return { PK: `VIDEO#${id}`, SK: "META" };
}

/** Nobody is deleting it: what every write on a film expects. A row that is gone is not alive. */
export const ALIVE = "attribute_exists(PK) AND attribute_not_exists(deletedAtMs)";

/**
 * Which slice of the sparse index a film in flight is in, so that no slice grows hot. The state
 * machine computes it too. A film is in flight until its end has been announced.
 */
export function shardOf(id: VideoId): string {
  return `IN_FLIGHT#${ALPHABET.indexOf(id.at(-1) ?? "0") % SHARDS}`;
}

const SHARDS = 8;
export const shards = Array.from({ length: SHARDS }, (_, shard) => `IN_FLIGHT#${shard}`);
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * How titles are sorted and searched: without case, accents' spelling or outer space. Cut between
 * characters: half of one cannot be stored, and an index takes 1024 bytes.
 */
export function titleKeyOf(title: string): string {
  const plain = title.normalize("NFKC").trim().toLowerCase();
  return Array.from(plain).slice(0, 200).join("");
}

/** Reads the META row. Rows are written by this project alone, so only what may vary is checked. */
export function fromRow(row: Row): Video {
  const status = Status.parse(row.status);
  const about = {
    id: String(row.videoId) as VideoId,
    ownerId: text(row.ownerId) ?? OPERATORS,
    title: text(row.title) ?? "Untitled",
    ...given("description", text(row.description)),
    tags: (row.tags as string[] | undefined) ?? [],
    createdAtMs: Number(row.createdAtMs ?? 0),
    updatedAtMs: Number(row.updatedAtMs ?? 0),
    attempt: Number(row.attempt ?? 0),
    ...given("published", row.published as Published | undefined),
    ...given("found", row.found as Video["found"]),
    warnings: (row.warnings as Video["warnings"] | undefined) ?? [],
    visibility: row.visibility === "public" ? ("public" as const) : ("private" as const),
    sharedWith: (row.sharedWith as string[] | undefined) ?? [],
    revision: Number(row.revision ?? 0),
    ...given("profile", text(row.profile)),
    ...given("options", row.options as Video["options"]),
    ...given("expects", row.expects as Video["expects"]),
    ...given("fetching", row.fetching as Video["fetching"]),
    ...given("expiresAtMs", row.expiresAtMs as number | undefined),
    ...given("held", row.held as Video["held"]),
    ...given("cost", row.cost as Video["cost"]),
    ...given("missed", row.missed as Video["missed"]),
    ...given("idem", text(row.idem)),
    ...given("deletedAtMs", row.deletedAtMs as number | undefined),
  };
  const claim = {
    ...given("claimedBy", text(row.claimedBy)),
    ...given("sequencer", text(row.sequencer)),
    ...given("source", row.source as Video["source"]),
    ...given("progress", row.progress),
    ...given("problem", row.problem),
    ...given("settledBy", text(row.settledBy)),
    ...given("canceledAtMs", row.canceledAtMs as number | undefined),
  };
  return { ...about, ...claim, status } as Video;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function given<Name extends string, T>(name: Name, value: T | undefined): { [N in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]?: T });
}
