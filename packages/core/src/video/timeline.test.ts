import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "./index.ts";
import * as Timeline from "./timeline.ts";

let cloud: SmallCloud;
let id: Id.VideoId;
beforeAll(async () => {
  cloud = await openSmallCloud();
  id = Id.newVideo();
  const film = { id, ownerId: "ann", title: "T", sourceBucket: "sources", sourceKey: "k" };
  await Table.put({ ...Video.expected(film), sharedWith: ["bob"] });
  for (const second of [3, 1, 2, 5, 4]) {
    const time = `2030-01-01T00:00:0${second}.000Z`;
    await Timeline.note(id, { time, eventId: `e${second}`, attempt: 1, what: `W${second}` });
  }
});
afterAll(() => cloud.close());

const ann = { sub: "ann", groups: ["editor"] };

describe("a timeline", () => {
  it("is told oldest first, page by page, and to its end", async () => {
    const told: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await Timeline.read(ann, id, { limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      told.push(...page.items.map(({ what }) => what));
      cursor = page.nextCursor;
    } while (cursor);
    expect(told).toEqual(["W1", "W2", "W3", "W4", "W5"]);
  });

  it("tells one report once, and who asked for what", async () => {
    const happening = { time: "2030-01-01T00:00:05.000Z", eventId: "e5", attempt: 1, what: "W5" };
    await Timeline.note(id, happening);
    await Timeline.asked(id, { attempt: 2, what: "RETRY_ASKED", by: ann });
    const { items } = await Timeline.read(ann, id);
    expect(items.filter(({ what }) => what === "W5")).toHaveLength(1);
    expect(items).toContainEqual({
      at: expect.any(String),
      what: "RETRY_ASKED",
      attempt: 2,
      about: { by: "ann" },
    });
  });

  it.each([
    { who: "a stranger", actor: { sub: "eve", groups: ["editor"] }, code: "VideoNotFound" },
    { who: "nobody", actor: undefined, code: "VideoNotFound" },
    { who: "who may only watch", actor: { sub: "bob", groups: ["viewer"] }, code: "Forbidden" },
  ])("is not told to $who", async ({ actor, code }) => {
    await expect(Timeline.read(actor, id)).rejects.toThrow(expect.objectContaining({ code }));
  });

  it.each(["", "x", "TUVUQQ", Buffer.from("ATTEMPT#1").toString("base64url")])(
    "has no place called %j",
    async (cursor) => {
      await expect(Timeline.read(ann, id, { cursor })).rejects.toThrow(
        expect.objectContaining({ code: "CursorInvalid" }),
      );
    },
  );
});
