import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import { Problem } from "../problem/index.ts";
import * as Upload from "../upload/index.ts";
import * as Video from "../video/index.ts";
import { type Does, failedWith, fetched, PART, Stage, says } from "./pull.testing.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());
beforeEach(() => stage.reset());

describe("a film from the web", () => {
  it.each([1, PART - 1, PART, PART + 1, 3 * PART, 5 * PART + 7])(
    "of %i bytes arrives to the last one",
    async (length) => {
      stage.origin.content = randomBytes(length);
      const film = await stage.film();
      expect(await film.run()).toEqual({});
      expect(film.object?.equals(stage.origin.content)).toBe(true);
      expect(await film.now()).toEqual(fetched);
      expect(stage.parts.open.size).toBe(0);
    },
  );

  it("arrives from an origin that names neither size nor type, and through redirects", async () => {
    const { content, url } = stage.origin;
    stage.origin.does.push(says(302, { location: "/elsewhere" }), (response) => {
      response.write(content.subarray(0, 1000));
      response.end(content.subarray(1000));
    });
    const film = await stage.film(url);
    expect(await film.run()).toEqual({});
    expect(film.object?.equals(content)).toBe(true);
  });

  it("shows how far it is while it is fetched", async () => {
    const film = await stage.film();
    stage.origin.does.push(stage.dies(3 * PART + 5));
    await film.run();
    const row = await Table.read(Video.keyOf(film.videoId));
    expect(row?.progress).toEqual({
      phase: "fetching",
      percent: Math.floor((300 * PART) / stage.origin.content.length),
    });
    expect(await Upload.find(film.videoId, film.uploadId)).toMatchObject({
      sizeBytes: stage.origin.content.length,
    });
  });

  it("is asked for once more when somebody asks twice, and fetched once", async () => {
    const film = await stage.film();
    await film.run();
    const { calls } = stage.parts;
    const before = calls.length;
    expect(await film.run()).toEqual({});
    expect(calls.length).toBe(before);
    expect(stage.origin.asked).toHaveLength(1);
  });
});

describe("an origin that breaks off", () => {
  it("is asked for the rest alone, again and again", async () => {
    const film = await stage.film();
    stage.origin.does.push(stage.dies(2 * PART + 5), stage.dies(PART + 5), stage.dies(PART + 5));
    expect(await film.runs()).toBe(4);
    expect(film.object?.equals(stage.origin.content)).toBe(true);
    expect(stage.origin.asked.map(({ range }) => range)).toEqual([
      undefined,
      `bytes=${2 * PART}-`,
      `bytes=${3 * PART}-`,
      `bytes=${4 * PART}-`,
    ]);
    expect(stage.origin.asked.slice(1).every((asked) => asked["if-range"] === '"one"')).toBe(true);
    expect(stage.parts.calls.filter((call) => call === "begin")).toHaveLength(1);
  });

  it("and then gives less than the rest, is asked on until the film is whole", async () => {
    const film = await stage.film();
    const little: Does = (response, { range = "" }) => {
      const first = Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
      const { content } = stage.origin;
      const part = content.subarray(first, first + PART + 17);
      const place = `bytes ${first}-${first + part.length - 1}/${content.length}`;
      response.writeHead(206, { "content-range": place, etag: '"one"' }).end(part);
    };
    stage.origin.does.push(stage.dies(2 * PART + 5), little, little);
    await film.runs();
    expect(film.object?.equals(stage.origin.content)).toBe(true);
  });

  it("and then gives nothing of the rest, is not taken for whole", async () => {
    const film = await stage.film();
    const nothing: Does = (response) => {
      const total = stage.origin.content.length;
      const place = `bytes ${2 * PART}-${2 * PART}/${total}`;
      response.writeHead(206, { "content-range": place, etag: '"one"', "content-length": 0 }).end();
    };
    stage.origin.does.push(stage.dies(2 * PART + 5), nothing);
    const { next } = await film.run();
    const again = await film.run(next);
    expect(again.next).toBeDefined();
    expect(await film.run(again.next)).toEqual({});
    expect(film.object?.equals(stage.origin.content)).toBe(true);
  });

  it("and has another film meanwhile is fetched from the start", async () => {
    const film = await stage.film();
    stage.origin.does.push(stage.dies(3 * PART + 5));
    const { next } = await film.run();
    Object.assign(stage.origin, { content: randomBytes(4 * PART + 3), etag: '"two"' });
    expect(await film.run(next)).toEqual({});
    expect(film.object?.equals(stage.origin.content)).toBe(true);
    expect(stage.parts.open.size).toBe(0);
  });

  it("and has a shorter film meanwhile is fetched from the start", async () => {
    const film = await stage.film();
    stage.origin.does.push(stage.dies(3 * PART + 5));
    const { next } = await film.run();
    stage.origin.content = stage.origin.content.subarray(0, PART);
    await film.run(next);
    expect(film.object?.equals(stage.origin.content)).toBe(true);
  });

  it.each([
    { what: "cannot tell one film from another", etag: undefined },
    { what: "tells films apart weakly", etag: 'W/"one"' },
  ])("and $what is fetched from the start", async ({ etag }) => {
    stage.origin.etag = etag;
    const film = await stage.film();
    stage.origin.does.push(stage.dies(3 * PART + 5));
    expect(await film.runs()).toBe(2);
    expect(stage.origin.asked.map(({ range }) => range)).toEqual([undefined, undefined]);
    expect(film.object?.equals(stage.origin.content)).toBe(true);
  });

  it.each([
    { lie: "another place", range: (total: number) => `bytes 5-${total - 1}/${total}` },
    { lie: "another size", range: (total: number) => `bytes ${3 * PART}-${total}/${total + 1}` },
    { lie: "no place", range: () => "" },
  ])("and goes on at $lie is not believed", async ({ range }) => {
    const { content } = stage.origin;
    const film = await stage.film();
    const header = { "content-range": range(content.length) };
    stage.origin.does.push(stage.dies(3 * PART + 5), says(206, header, content.subarray(5)));
    expect(await film.runs()).toBe(2);
    expect(film.object?.equals(content)).toBe(true);
  });

  it("and cannot go on is not asked for ever", async () => {
    stage.origin.etag = undefined;
    const film = await stage.film();
    stage.origin.does.push(...Array.from({ length: 30 }, () => stage.dies(3 * PART + 5)));
    expect(await film.runs()).toBeLessThan(10);
    expect(await film.now()).toEqual(failedWith("PullFailed"));
    expect(stage.parts.open.size).toBe(0);
  });
});

describe("a call", () => {
  it("that runs out of time leaves the rest to another", async () => {
    const film = await stage.film();
    const { content } = stage.origin;
    stage.origin.does.push((response) => {
      response.writeHead(200, { "content-length": content.length, etag: '"one"' });
      response.write(content.subarray(0, 2 * PART));
      const drip = setInterval(() => response.write("x"), 50);
      response.on("close", () => clearInterval(drip));
    });
    const { next, afterSeconds } = await film.run(undefined, 600);
    expect([next, afterSeconds]).toMatchObject([{ turn: 1 }, 0]);
    expect(await film.run(next)).toEqual({});
    expect(film.object?.equals(content)).toBe(true);
    expect(stage.origin.asked[1]?.range).toBe(`bytes=${2 * PART}-`);
  });

  it("that was killed is taken up where it left, once it is surely dead", async () => {
    const film = await stage.film();
    stage.origin.does.push(stage.dies(3 * PART + 5));
    await film.run();
    // as if it had died before it could say so: at the first turn, and busy until a minute later
    const SK = `UPLOAD#${film.uploadId}`;
    const key = { PK: `VIDEO#${film.videoId}`, SK };
    const waits = await film.run();
    expect(waits).toMatchObject({ next: { turn: 0 } });
    expect(waits.afterSeconds).toBeGreaterThan(50);
    await Table.change(key, {
      update: "SET fetched.busyUntilMs = :past",
      condition: "attribute_exists(PK)",
      values: { ":past": 1 },
    });
    expect(await film.run()).toEqual({});
    expect(film.object?.equals(stage.origin.content)).toBe(true);
    expect(stage.origin.asked.at(-1)?.range).toBe(`bytes=${3 * PART}-`);
  });

  it("of an earlier turn is void", async () => {
    const film = await stage.film();
    stage.origin.does.push(stage.dies(PART + 5), stage.dies(PART + 5));
    const first = await film.run();
    const second = await film.run(first.next);
    stage.origin.asked.length = 0;
    await film.run(second.next);
    expect(await film.run(first.next)).toEqual({});
    expect(stage.origin.asked).toHaveLength(1);
  });

  it.each(["begin", "part", "list", "complete"] as const)(
    "goes on when the store has trouble at a %s, or its answer gets lost",
    async (what) => {
      for (const when of ["before", "after"] as const) {
        stage.reset();
        const film = await stage.film();
        stage.origin.does.push(stage.dies(3 * PART + 5));
        let left = 1;
        stage.parts[when] = (call) => {
          if (call === what && left-- > 0) throw new Error("trouble");
        };
        await film.runs();
        expect(film.object?.equals(stage.origin.content)).toBe(true);
        expect(await film.now()).toEqual(fetched);
      }
    },
  );

  it("for a film that nobody waits for any more lets go", async () => {
    for (const stop of [
      (film: Awaited<ReturnType<Stage["film"]>>) =>
        Upload.failed(film.videoId, film.uploadId, new Problem("Canceled")),
      async (film: Awaited<ReturnType<Stage["film"]>>) => {
        await Table.remove(Video.keyOf(film.videoId));
        await Table.remove(Upload.keyOf(film.videoId, film.uploadId));
      },
      (film: Awaited<ReturnType<Stage["film"]>>) =>
        Table.change(Video.keyOf(film.videoId), {
          update: "SET deletedAtMs = :now",
          condition: "attribute_exists(PK)",
          values: { ":now": 1 },
        }),
    ]) {
      stage.reset();
      const film = await stage.film();
      let stopping: Promise<unknown> | undefined;
      const { content } = stage.origin;
      stage.origin.does.push((response) => {
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, 2 * PART + 5));
        stopping = stop(film).then(() => response.end(content.subarray(2 * PART + 5)));
      });
      expect(await film.run()).toEqual({});
      await stopping;
      expect([film.object, stage.parts.open.size]).toEqual([undefined, 0]);
      expect(await film.run()).toEqual({});
      expect(stage.origin.asked).toHaveLength(1);
    }
  });
});
