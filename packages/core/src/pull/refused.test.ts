import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Video from "../video/index.ts";
import { type Does, failedWith, fetched, MOST, PART, Stage, says } from "./pull.testing.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());
beforeEach(() => stage.reset());

describe("an origin in trouble", () => {
  it.each([
    { what: "503", does: says(503) },
    { what: "500", does: says(500) },
    { what: "429", does: says(429) },
    { what: "408", does: says(408) },
    { what: "a broken line", does: ((response) => void response.destroy()) as Does },
  ])("with $what is asked again later", async ({ does }) => {
    const film = await stage.film();
    stage.origin.does.push(does);
    const { next, afterSeconds } = await film.run();
    expect(afterSeconds).toBeGreaterThan(0);
    expect(await film.run(next)).toEqual({});
    expect(await film.now()).toEqual(fetched);
  });

  it.each([
    ["77", 77],
    ["7.2", 8],
    ["1e300", 900],
    ["99999999999999", 900],
    ["-1", 5],
    ["Wed, 21 Oct 2026 07:28:00 GMT", 5],
  ])("that asks for %s seconds is waited for %d", async (asked, waited) => {
    const film = await stage.film();
    stage.origin.does.push(says(503, { "retry-after": asked }));
    expect(await film.run()).toMatchObject({ afterSeconds: waited });
  });

  it("is given up in the end, and the film says so", async () => {
    const film = await stage.film();
    stage.origin.does.push(...Array.from({ length: 30 }, () => says(503)));
    const waits: (number | undefined)[] = [];
    let { next, afterSeconds } = await film.run();
    for (; next && waits.length < 30; { next, afterSeconds } = await film.run(next)) {
      waits.push(afterSeconds);
    }
    expect(waits).toEqual([5, 30, 120, 600, 900, 900]);
    expect(await film.now()).toEqual(failedWith("PullFailed"));
  });
});

describe("a film that is not taken", () => {
  it.each([
    { why: "is not there", does: says(404), problem: "PullFailed" },
    { why: "is forbidden", does: says(403), problem: "PullFailed" },
    { why: "is no content", does: says(204, {}, ""), problem: "PullFailed" },
    {
      why: "is a part of one",
      does: says(206, { "content-range": "bytes 0-0/9" }),
      problem: "PullFailed",
    },
    { why: "is packed", does: says(200, { "content-encoding": "gzip" }), problem: "PullFailed" },
    {
      why: "is a page",
      does: says(200, { "content-type": "text/html; charset=utf-8" }),
      problem: "TypeNotAllowed",
    },
    { why: "is empty", does: says(200, {}, ""), problem: "SourceEmpty" },
    {
      why: "is too large",
      does: ((response) => {
        response.writeHead(200, { "content-length": String(MOST + 1) });
        response.write("x");
      }) as Does,
      problem: "SourceTooLarge",
    },
    {
      why: "is too large, and does not say so",
      does: ((response) => {
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(PART)));
          response.once("drain", more);
        };
        more();
      }) as Does,
      problem: "SourceTooLarge",
    },
    {
      why: "is empty, and does not say so",
      does: ((response) => {
        response.flushHeaders();
        response.end();
      }) as Does,
      problem: "SourceEmpty",
    },
    {
      why: "lies inside",
      does: says(302, { location: "http://169.254.169.254/" }),
      problem: "AddressNotAllowed",
    },
  ])("because it $why leaves nothing behind", async ({ does, problem }) => {
    const film = await stage.film();
    stage.origin.does.push(does);
    expect(await film.run()).toEqual({});
    expect(await film.now()).toEqual(failedWith(problem));
    expect([film.object, stage.parts.open.size]).toEqual([undefined, 0]);
    expect(stage.origin.asked).toHaveLength(1);
    const told = await Video.find(film.videoId);
    expect(JSON.stringify(told)).not.toContain("secret");
  });

  it("because its addresses lead around in a ring is given up at once", async () => {
    const film = await stage.film();
    const ring = says(302, { location: stage.origin.url });
    stage.origin.does.push(...Array.from({ length: 10 }, () => ring));
    expect(await film.run()).toEqual({});
    expect(await film.now()).toEqual(failedWith("PullFailed"));
  });

  it.each(["application/octet-stream", "binary/octet-stream", "video/x-anything", "audio/mpeg"])(
    "is not one of type %s",
    async (type) => {
      const film = await stage.film();
      stage.origin.does.push(says(200, { "content-type": type }, "film"));
      expect(await film.run()).toEqual({});
      expect(String(film.object)).toBe("film");
    },
  );
});
