import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import { bob, code, openLibrary, root } from "./library.testing.ts";
import * as Library from "./library.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openLibrary();
});
afterAll(() => cloud.close());

let seconds = 0;
let people = 0;
const somebody = (): Actor.Actor => ({ sub: `person-${++people}`, groups: ["editor"] });

/** A film that was opened a second after the one before. */
async function film(ownerId: string, about: Partial<Video.Opening> = {}, row: object = {}) {
  const id = await Clock.at(1e12 + ++seconds * 1000, async () => {
    const opening = { id: Id.newVideo(), ownerId, title: "Film", ...about };
    await Table.put({
      ...Video.expected({ sourceBucket: "sources", sourceKey: "", ...opening }),
      ...row,
    });
    return opening.id;
  });
  return id;
}

const ids = ({ items }: Library.Page) => items.map(({ id }) => id);

/** All pages, one after another. */
async function all(actor: Actor.Actor, question: Library.Question): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await Library.list(actor, { ...question, cursor });
    expect(page.items.length).toBeLessThanOrEqual(question.limit ?? 25);
    found.push(...ids(page));
    cursor = page.nextCursor;
  } while (cursor);
  return found;
}

describe("a list", () => {
  it("is one's own films, newest first, page by page, each once", async () => {
    const actor = somebody();
    const made = [];
    for (let n = 0; n < 7; n += 1) made.push(await film(actor.sub));
    await film(somebody().sub, { visibility: "public" });
    expect(await all(actor, { limit: 3 })).toEqual(made.toReversed());
    expect(await all(actor, { limit: 7 })).toEqual(made.toReversed());
    expect((await Library.list(actor, { limit: 7 })).nextCursor).toBeUndefined();
  });

  it("is filled up though a filter thins it", async () => {
    const actor = somebody();
    const rare = [];
    for (let n = 0; n < 120; n += 1) {
      const tags = n % 30 === 0 ? ["rare", "other"] : ["often", "rarest"];
      const id = await film(actor.sub, { tags });
      if (n % 30 === 0) rare.push(id);
    }
    const page = await Library.list(actor, { tag: "rare", limit: 3 });
    expect(ids(page)).toEqual(rare.toReversed().slice(0, 3));
    expect(await all(actor, { tag: "rare", limit: 3 })).toEqual(rare.toReversed());
  });

  it("of a status is of that status", async () => {
    const actor = somebody();
    const failed = await film(actor.sub, {}, { status: "CANCELED" });
    await film(actor.sub);
    expect(await all(actor, { status: "CANCELED" })).toEqual([failed]);
  });

  it("of a title is what begins so, however it is spelt, newest first", async () => {
    const actor = somebody();
    const one = await film(actor.sub, { title: "École b" });
    await film(actor.sub, { title: "The école" });
    const two = await film(actor.sub, { title: "ecole" });
    const three = await film(actor.sub, { title: "éCOLE a" });
    expect(await all(actor, { title: " ÉCOLE", limit: 1 })).toEqual([three, one]);
    expect(await all(root, { owner: actor.sub, title: "ec" })).toEqual([two]);
  });

  it("of a title that very many films have is newest first all the same", async () => {
    const actor = somebody();
    const made: string[] = [];
    for (let n = 0; n < 205; n += 1) made.push(await film(actor.sub, { title: `T ${n % 7}` }));
    expect(await all(actor, { title: "t ", limit: 100 })).toEqual(made.toReversed());
  });

  it("ends a page after so many films, and goes on from there", async () => {
    const actor = somebody();
    const first = await film(actor.sub, { tags: ["x"] });
    for (let n = 0; n < Library.MOST_LOOKED_AT; n += 100) {
      await Promise.all(Array.from({ length: 100 }, () => film(actor.sub)));
    }
    const page = await Library.list(actor, { tag: "x" });
    expect(page.items).toEqual([]);
    const next = await Library.list(actor, { tag: "x", cursor: page.nextCursor });
    expect([ids(next), next.nextCursor]).toEqual([[first], undefined]);
  });

  it("leaves out what is on its way out, and rows that are no films", async () => {
    const actor = somebody();
    const id = await film(actor.sub);
    await film(actor.sub, {}, { deletedAtMs: 1 });
    await Table.put({ PK: "X", SK: "OTHER", ownerId: actor.sub, createdAtMs: 2e12 });
    expect(await all(actor, {})).toEqual([id]);
  });

  it("is for operators of anybody's films, or of all", async () => {
    const [one, two] = [somebody(), somebody()];
    const ofOne = await film(one.sub);
    const ofTwo = await film(two.sub);
    expect(await all(root, { owner: one.sub })).toEqual([ofOne]);
    expect(ids(await Library.list(root, { owner: "all", limit: 2 }))).toEqual([ofTwo, ofOne]);
    expect(await all(one, { owner: one.sub })).toEqual([ofOne]);
    for (const owner of ["all", two.sub, "operators"]) {
      await expect(Library.list(one, { owner })).rejects.toMatchObject(code("Forbidden"));
    }
  });
});

describe("what is shared with somebody", () => {
  it("is listed, newest first, as long as it is shared", async () => {
    const [owner, friend] = [somebody(), somebody()];
    const made: Id.VideoId[] = [];
    for (let n = 0; n < 5; n += 1) {
      const id = await film(owner.sub, { tags: n % 2 ? ["odd"] : [] });
      await Library.change(owner, id, { sharedWith: [friend.sub] });
      made.push(id);
    }
    expect(await all(friend, { shared: true, limit: 2 })).toEqual(made.toReversed());
    expect(await all(friend, { shared: true, tag: "odd" })).toEqual([made[3], made[1]]);
    expect(await all(friend, {})).toEqual([]);
    await Library.change(owner, made[0] as Id.VideoId, { sharedWith: [] });
    // its row may be left behind by a machine that died: the film has the last word
    await Table.put({ PK: `USER#${friend.sub}`, SK: `SHARED#${made[0]}` });
    expect(await all(friend, { shared: true })).toEqual(made.slice(1).toReversed());
  });
});

describe("a cursor", () => {
  it("is good for its caller and question alone, in whatever page size", async () => {
    const actor = somebody();
    for (let n = 0; n < 3; n += 1) await film(actor.sub, { tags: ["x"] });
    const { nextCursor: cursor } = await Library.list(actor, { limit: 1, tag: "x" });
    expect((await Library.list(actor, { limit: 5, tag: "x", cursor })).items).toHaveLength(2);
    const strange: [Actor.Actor, Library.Question][] = [
      [actor, {}],
      [actor, { tag: "y" }],
      [actor, { tag: "x", status: "READY" }],
      [actor, { tag: "x", shared: true }],
      [bob, { tag: "x" }],
      [root, { tag: "x", owner: actor.sub }],
    ];
    for (const [who, question] of strange) {
      await expect(Library.list(who, { ...question, cursor })).rejects.toMatchObject(
        code("CursorInvalid"),
      );
    }
  });

  it("is refused when it is none, whatever it is", async () => {
    const actor = somebody();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map((text) => Buffer.from(text).toString("base64url")),
        ),
        async (cursor) => {
          await expect(Library.list(actor, { cursor })).rejects.toMatchObject(
            code("CursorInvalid"),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
