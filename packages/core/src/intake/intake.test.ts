import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as Id from "../id/index.ts";
import { link } from "../testing/small-cloud.ts";
import * as Intake from "./intake.ts";

beforeAll(link);

const film = "vid_01BX5ZZKBKACTAV9WEVGEMMVRZ";
const upload = "upl_01BX5ZZKBKACTAV9WEVGEMMVRZ";

describe("a key", () => {
  it.each([
    {
      key: `uploads/${film}/${upload}/source`,
      makes: { videoId: film, uploadId: upload, way: "upload" },
    },
    { key: `uploads/${film}/${upload}/source.mp4`, makes: undefined },
    { key: `uploads/${film}/${upload}/../source`, makes: undefined },
    { key: `uploads/${film.toLowerCase()}/${upload}/source`, makes: undefined },
    { key: `uploads/x/${film}/${upload}/source`, makes: undefined },
    { key: `other/${film}/${upload}/source`, makes: undefined },
    { key: `inbox/${film}/${upload}/source`, makes: undefined },
    { key: "inbox/", makes: undefined },
    { key: "inbox/folder/", makes: undefined },
    { key: "inboxed/a.mp4", makes: undefined },
  ])("$key makes $makes", ({ key, makes }) => {
    expect(Intake.placeOf("sources", key)).toEqual(makes);
  });

  it("of the inbox may be any name, and always makes the same film", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (name) => {
        const place = Intake.placeOf("sources", `inbox/${name}`);
        if (name.endsWith("/")) return place === undefined;
        return (
          place?.way === "inbox" &&
          Id.isVideo(place.videoId) &&
          place.videoId === Intake.placeOf("sources", `inbox/${name}`)?.videoId &&
          place.videoId !== Intake.placeOf("others", `inbox/${name}`)?.videoId
        );
      }),
    );
  });

  it("of an upload leads back to its film", () => {
    const id = Id.newVideo();
    expect(Intake.placeOf("sources", Intake.uploadKey(id, Id.newUpload()))?.videoId).toBe(id);
  });
});

describe("an arrival", () => {
  const said = {
    kind: "arrived" as const,
    event: { id: "e", time: "t", account: "000000000000" },
    detail: { bucket: { name: "sources" }, object: { key: "inbox/a.mp4", sequencer: "0a" } },
  };

  it("is read whether or not the bucket has versions, and whatever else is said", () => {
    const newer = {
      ...said,
      detail: { ...said.detail, "event-version": "1.0", reason: "POST Object" },
    };
    const read = Intake.Started.parse(newer);
    expect(read.kind === "arrived" && Intake.arrival(read)).toMatchObject({
      sequencer: "0000000000000000000000000000000A",
      source: { bucket: "sources", key: "inbox/a.mp4" },
    });
  });

  it.each([
    { what: "another bucket", change: { detail: { ...said.detail, bucket: { name: "others" } } } },
    { what: "another account", change: { event: { ...said.event, account: "111122223333" } } },
  ])("from $what is not expected", ({ change }) => {
    expect(() => Intake.arrival({ ...said, ...change })).toThrow(
      expect.objectContaining({ code: "NotExpected" }),
    );
  });

  it.each([
    { kind: "arrived" },
    { kind: "later" },
    { ...said, detail: { ...said.detail, object: { key: "k", sequencer: "xyz" } } },
    { kind: "again", videoId: "vid_1", expectedAttempt: 1 },
    { kind: "died", videoId: film, execution: "e", problem: { code: "Nonsense", message: "" } },
  ])("refuses %j", (input) => {
    expect(Intake.Started.safeParse(input).success).toBe(false);
  });
});

describe("sequencers", () => {
  it("compare, once padded, as the numbers they are", () => {
    const hex = fc.bigInt({ min: 0n, max: (1n << 100n) - 1n });
    fc.assert(
      fc.property(hex, hex, fc.nat(3), (a, b, zeros) => {
        const [x, y] = [a, b].map((n) => Intake.padded("0".repeat(zeros) + n.toString(16)));
        return a < b === (x as string) < (y as string);
      }),
    );
  });

  it("have a next one, right after", () => {
    expect(Intake.after(Intake.padded("0FF"))).toBe(Intake.padded("100"));
  });
});

describe("what an uploader says", () => {
  it("is trimmed and cut, and empty words are none", () => {
    expect(
      Intake.wordsOf({ title: `  ${"é".repeat(300)}`, description: " ", tags: "a, b,,a ," }),
    ).toEqual({ title: "é".repeat(200), tags: ["a", "b"] });
  });

  it("cannot steer a terminal, and is whole characters", () => {
    expect(
      Intake.wordsOf({
        title: "red\u001b[31m\r\nalert\ud83c",
        description: "one\n\ttwo\u0007\u009b",
        tags: "a\u0000b,\u0007",
      }),
    ).toEqual({ title: "red [31m alert", description: "one\n\ttwo", tags: ["a b"] });
  });

  it.each([
    { key: "inbox/trips/Holiday 2030.final.mp4", title: "Holiday 2030.final" },
    { key: "inbox/.mp4", title: ".mp4" },
    { key: "inbox/plain", title: "plain" },
    { key: "inbox/ .mp4", title: ".mp4" },
    { key: "inbox/ ", title: "Untitled" },
    { key: "inbox/a\u001b[31mb.mp4", title: "a [31mb" },
  ])("$key is called $title until it is named", ({ key, title }) => {
    expect(Intake.titleOf(key)).toBe(title);
  });
});
