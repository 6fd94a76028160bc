import * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import type { VideoId } from "../id/id.ts";
import { Problem } from "../problem/index.ts";
import * as Video from "../video/index.ts";
import * as Cursor from "./cursor.ts";
import { present, type Shown } from "./present.ts";
import { SHARED, sharesOf } from "./shares.ts";

/** Which films somebody asks for. */
export interface Question {
  /** `me`, or for operators `all` or somebody's `sub`. */
  owner?: string | undefined;
  /** Those that others share with the caller, instead of an owner's. */
  shared?: boolean | "true" | undefined;
  status?: Video.Status | undefined;
  tag?: string | undefined;
  /** What the title begins with, in either case. */
  title?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface Page {
  items: Shown[];
  /** Absent on the last page. A page may be short, even empty, and yet not be the last. */
  nextCursor?: string;
}

/**
 * Lists films, newest first. A filter thins what is looked at, so a request looks at more films
 * than it answers, but at no more than {@link MOST_LOOKED_AT}.
 *
 * @throws Problem `Forbidden` for somebody else's films, unless an operator asks
 * @throws Problem `CursorInvalid` for a cursor of another caller or question
 */
export async function list(actor: Actor.Actor, question: Question): Promise<Page> {
  const asked = understood(actor, question);
  const about = [actor.sub, asked.from, asked.owner, asked.status, asked.tag, asked.titleKey];
  const after = question.cursor === undefined ? undefined : Cursor.read(question.cursor, about);
  const limit = Math.min(question.limit ?? Video.limits.pageItems, Video.limits.pageItemsAtMost);
  const found: Video.Video[] = [];
  let last = after;
  let looked = 0;
  let ended = true;
  for await (const { film, position } of films(actor, asked, after, limit)) {
    if (film && matches(actor, film, asked)) {
      // one more than asked for shows that there is a next page
      if (found.length === limit) {
        ended = false;
        break;
      }
      found.push(film);
    }
    last = position;
    looked += 1;
    if (looked >= MOST_LOOKED_AT) {
      ended = false;
      break;
    }
  }
  return {
    items: found.map((film) => present(actor, film)),
    ...(ended || !last ? {} : { nextCursor: Cursor.write(last, about) }),
  };
}

/** Films that one request looks at, at most. */
export const MOST_LOOKED_AT = 500;
/** Up to here all films of a title are looked up; of more, some are soon found by looking. */
const MOST_OF_A_TITLE = 200;

interface Asked {
  from: "owner" | "all" | "shared";
  owner: string;
  status: Video.Status | undefined;
  tag: string | undefined;
  titleKey: string | undefined;
}

function understood(actor: Actor.Actor, question: Question): Asked {
  const filter = {
    status: question.status,
    tag: question.tag,
    titleKey: question.title === undefined ? undefined : Video.titleKeyOf(question.title),
  };
  const owner = question.owner ?? "me";
  if (question.shared) return { from: "shared", owner: actor.sub, ...filter };
  if (owner === "me" || owner === actor.sub) return { from: "owner", owner: actor.sub, ...filter };
  if (!Actor.mayOperate(actor)) throw new Problem("Forbidden");
  return { from: owner === "all" ? "all" : "owner", owner, ...filter };
}

function matches(actor: Actor.Actor, film: Video.Video, asked: Asked): boolean {
  if (asked.from === "shared" ? !film.sharedWith.includes(actor.sub) : false) return false;
  return (
    Actor.mayWatch(actor, film) &&
    (asked.status === undefined || film.status === asked.status) &&
    (asked.tag === undefined || film.tags.includes(asked.tag)) &&
    (asked.titleKey === undefined || Video.titleKeyOf(film.title).startsWith(asked.titleKey))
  );
}

interface Looked {
  film: Video.Video | undefined;
  position: Cursor.Position;
}

async function* films(
  actor: Actor.Actor,
  asked: Asked,
  after: Cursor.Position | undefined,
  limit: number,
): AsyncGenerator<Looked> {
  if (asked.from === "shared") yield* sharedFilms(actor.sub, after, limit);
  else {
    const titled = asked.from === "owner" && asked.titleKey ? await byTitle(asked) : undefined;
    if (titled) yield* titled.filter(({ position }) => isBehind(position, after));
    else yield* byTime(asked, after, limit);
  }
}

/** Rows of one index, newest first. */
async function* byTime(
  { from, owner }: Asked,
  after: Cursor.Position | undefined,
  limit: number,
): AsyncGenerator<Looked> {
  const [index, name, value] =
    from === "all"
      ? (["byTime", "kind", "VIDEO"] as const)
      : (["byOwner", "ownerId", owner] as const);
  const rows = Table.every({
    index,
    where: "#by = :by",
    names: { "#by": name },
    values: { ":by": value },
    newestFirst: true,
    limit: Math.max(limit + 1, LEAST_A_QUERY),
    ...(after
      ? {
          after: {
            ...Video.keyOf(after.id as VideoId),
            [name]: value,
            createdAtMs: after.createdAtMs ?? 0,
          },
        }
      : {}),
  });
  for await (const row of rows) yield lookedAt(row);
}

/** A filter thins it: a few more at once spare a query. */
const LEAST_A_QUERY = 50;

/** An owner's films of a title, newest first; undefined when there are very many. */
async function byTitle({ owner, titleKey }: Asked): Promise<Looked[] | undefined> {
  const { rows, next } = await Table.page({
    index: "byTitle",
    where: "ownerId = :owner AND begins_with(titleKey, :title)",
    values: { ":owner": owner, ":title": titleKey },
    limit: MOST_OF_A_TITLE,
  });
  if (next) return undefined;
  return rows.map(lookedAt).toSorted((a, b) => (isBehind(b.position, a.position) ? -1 : 1));
}

/** Later in a list that is newest first. */
function isBehind(position: Cursor.Position, other: Cursor.Position | undefined): boolean {
  if (!other) return true;
  const [here, there] = [position.createdAtMs ?? 0, other.createdAtMs ?? 0];
  return here < there || (here === there && position.id < other.id);
}

function lookedAt(row: Table.Row): Looked {
  const film = row.SK === "META" ? Video.fromRow(row) : undefined;
  return {
    film,
    position: { id: String(row.PK).replace(/^VIDEO#/, ""), createdAtMs: Number(row.createdAtMs) },
  };
}

/** What is shared is read film by film: the shares say which, the films say whether still. */
async function* sharedFilms(
  sub: string,
  after: Cursor.Position | undefined,
  limit: number,
): AsyncGenerator<Looked> {
  let from: Table.Row | undefined = after && {
    PK: sharesOf(sub),
    SK: `${SHARED}${after.id}`,
  };
  do {
    const { rows, next } = await Table.page({
      where: "PK = :user AND begins_with(SK, :shared)",
      values: { ":user": sharesOf(sub), ":shared": SHARED },
      newestFirst: true,
      limit: limit + 1,
      after: from,
    });
    const ids = rows.map(({ SK }) => String(SK).slice(SHARED.length) as VideoId);
    const read = await Promise.all(ids.map((id) => Video.find(id)));
    yield* ids.map((id, at) => ({ film: read[at], position: { id } }));
    from = next;
  } while (from);
}
