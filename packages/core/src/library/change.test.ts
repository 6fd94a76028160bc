import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import { ann, bob, code, eve, film, openLibrary, root } from "./library.testing.ts";
import * as Library from "./library.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openLibrary();
});
afterAll(() => cloud.close());

describe("a change", () => {
  it("is cleaned as everything people say, and counted", async () => {
    const id = await film();
    const { video, etag } = await Clock.at(2e12, () =>
      Library.change(ann, id, {
        title: " New\u0000 ",
        description: "x",
        tags: ["b", "b"],
        visibility: "public",
        sharedWith: ["eve", "eve", "ann"],
      }),
    );
    expect(video).toMatchObject({
      title: "New",
      description: "x",
      tags: ["b"],
      visibility: "public",
      sharedWith: ["eve"],
      updatedAt: new Date(2e12).toISOString(),
    });
    expect(etag).toMatch(/^"1-/);
    expect((await Library.list(ann, { title: "new" })).items.map((each) => each.id)).toEqual([id]);
    expect((await Library.change(ann, id, { description: "" })).video).not.toHaveProperty(
      "description",
    );
  });

  it("of nothing changes nothing", async () => {
    const id = await film();
    const { etag } = await Library.show(ann, id);
    expect((await Library.change(ann, id, {})).etag).toBe(etag);
    expect((await Library.change(ann, id, { title: "Holiday", tags: [] })).etag).toBe(etag);
  });

  it("goes by the revision: what machines write meanwhile is no change", async () => {
    const id = await film();
    const { etag } = await Library.show(ann, id);
    await Table.change(Video.keyOf(id), {
      update: "SET progress = :p",
      condition: "attribute_exists(PK)",
      values: { ":p": { phase: "P", percent: 4 } },
    });
    const changed = await Library.change(ann, id, { title: "One" }, etag);
    await expect(Library.change(ann, id, { title: "Two" }, etag)).rejects.toMatchObject(
      code("RevisionOld"),
    );
    for (const none of ["", "1", '"x"', '"01-a"', '"-1"']) {
      await expect(Library.change(ann, id, { title: "Two" }, none)).rejects.toMatchObject(
        code("RevisionOld"),
      );
    }
    const weak = `"other", W/${changed.etag}`;
    expect((await Library.change(ann, id, { title: "Two" }, weak)).video.title).toBe("Two");
    expect((await Library.change(ann, id, { title: "Three" }, "*")).video.title).toBe("Three");
  });

  it("of several at once with one tag is one", async () => {
    const id = await film();
    const { etag } = await Library.show(ann, id);
    const asked = await Promise.allSettled(
      ["a", "b", "c"].map((title) => Library.change(ann, id, { title }, etag)),
    );
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await Video.require(id)).revision).toBe(1);
  });

  it("of several at once without a tag is all of them", async () => {
    const id = await film();
    await Promise.all([
      Library.change(ann, id, { title: "t" }),
      Library.change(ann, id, { description: "d" }),
      Library.change(ann, id, { sharedWith: ["eve"] }),
    ]);
    expect(await Video.require(id)).toMatchObject({
      title: "t",
      description: "d",
      sharedWith: ["eve"],
      revision: 3,
    });
  });

  it("of a dozen at once without a tag is all of them", async () => {
    const id = await film();
    const titles = Array.from({ length: 12 }, (_, n) => `title ${n}`);
    await Promise.all(titles.map((title) => Library.change(ann, id, { title })));
    expect((await Video.require(id)).revision).toBe(12);
  });

  it("keeps a share beside the film, and takes it away with it", async () => {
    const id = await film();
    const most = Array.from({ length: Video.limits.sharedWith }, (_, n) => `old-${n}`);
    await Library.change(ann, id, { sharedWith: most });
    // every one replaced by another: still one write
    await Library.change(ann, id, { sharedWith: most.map((sub) => sub.replace("old", "new")) });
    expect(await Table.read(Library.shareKeyOf("old-0", id))).toBeUndefined();
    expect(await Table.read(Library.shareKeyOf("new-0", id))).toMatchObject({ videoId: id });
    await expect(
      Library.change(ann, id, { sharedWith: [...most, "one more"] }),
    ).rejects.toMatchObject({
      ...code("RequestInvalid"),
      about: { fields: [{ path: "sharedWith" }] },
    });
  });

  it.each(["", "a\u0000", "\ud83c", "x".repeat(256), "é"])(
    "that shares it with %j is refused: nobody is called so",
    async (sub) => {
      await expect(
        Library.change(ann, await film(), { sharedWith: ["eve", sub] }),
      ).rejects.toMatchObject({ about: { fields: [{ path: "sharedWith.1" }] } });
    },
  );

  it.each([
    { who: bob, refused: "VideoNotFound" },
    { who: eve, refused: "Forbidden" },
    { who: { ...ann, groups: ["viewer"] }, refused: "Forbidden" },
    { who: { ...ann, groups: [] }, refused: "Forbidden" },
  ])("by $who is refused: $refused", async ({ who, refused }) => {
    const id = await film({ sharedWith: ["eve"] });
    await expect(Library.change(who, id, { title: "x" })).rejects.toMatchObject(code(refused));
  });

  it("by an operator is one", async () => {
    expect((await Library.change(root, await film(), { title: "x" })).video.title).toBe("x");
  });

  it("to a title of which nothing can be shown is refused by its name", async () => {
    await expect(Library.change(ann, await film(), { title: " \u0007 " })).rejects.toMatchObject({
      ...code("RequestInvalid"),
      about: { fields: [{ path: "title" }] },
    });
  });

  it("never brings a film back that is on its way out", async () => {
    const id = await film({ deletedAtMs: 1 });
    await expect(Library.change(ann, id, { title: "x" })).rejects.toMatchObject(
      code("VideoNotFound"),
    );
  });
});
