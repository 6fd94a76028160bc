import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeys, rotateKeys } from "../../packages/cli/src/keys/keys.ts";
import { laptopSecrets } from "../../packages/cli/src/keys/secrets.ts";
import { mediaPlaylist, variants } from "../../packages/cli/src/once/manifests.ts";
import type { Grant } from "../../packages/cli/src/operator/operator.ts";
import { carriedBy, carriers } from "../support/grants.ts";
import { ended, type TestLaptop, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";

/**
 * A viewer is in the middle of a film while keys are rotated. The laptop stops for it and comes back
 * at the same address, as a stage does that is deployed.
 */
describe("a rotation of keys", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-rotation-"));
  let port: number;
  let here: TestLaptop;
  let videoId: string;
  /** By the key that signed first, and by the one after it. */
  let before: Grant;
  let after: Grant;

  beforeAll(async () => {
    port = await freePorts();
    here = await testLaptop({ dataDir, port });
    await here.operator.drop(await clip({ seconds: 5 }), "film.mp4");
    const film = await ended(here, async () => (await here.operator.newest())?.videoId);
    videoId = String(film.videoId);
    before = await here.operator.grant(videoId);
    expect(await half(before, "first")).toEqual([200]);
    await restarted(() => rotateKeys(laptopSecrets(dataDir)));
    after = await here.operator.grant(videoId);
  }, 240_000);
  afterAll(async () => {
    await here?.[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function restarted(meanwhile: () => Promise<unknown>): Promise<void> {
    await here[Symbol.asyncDispose]();
    await meanwhile();
    here = await testLaptop({ dataDir, port });
  }

  it("does not cut off who watches with cookies", async () => {
    expect(await half(before, "second")).toEqual([200]);
  });

  it("does not cut off who watches without them: the same address plays to its end", async () => {
    expect(await unaided(before.signedHls)).toEqual([200]);
  });

  it("lets the next key sign new grants, and they open the film", async () => {
    const [old, young] = [keyOf(before), keyOf(after)];
    expect(young).not.toBe(old);
    expect(await half(after, "first")).toEqual([200]);
    expect(await unaided(after.signedHls)).toEqual([200]);
  });

  it("ends with a new next key: grants of the last one are over, the others play on", async () => {
    await restarted(() => createKeys(laptopSecrets(dataDir), { endGrants: true }));
    expect(await half(before, "second")).toEqual([403]);
    expect(await unaided(before.signedHls)).toEqual([403]);
    expect(await half(after, "second")).toEqual([200]);
    expect(await unaided(after.signedHls)).toEqual([200]);
    expect(keyOf(await here.operator.grant(videoId))).toBe(keyOf(after));
  });
});

const keyOf = (grant: Grant): string => carriedBy(grant)["Key-Pair-Id"];

/** Every status met while one half of every rendition is fetched with cookies. */
async function half(grant: Grant, which: "first" | "second"): Promise<number[]> {
  const met = new Set<number>();
  const { headers } = carriers.cookies(grant.hls, carriedBy(grant));
  const text = await seen(met, grant.hls, headers);
  for (const { url } of variants(text, grant.hls)) {
    const { segments } = mediaPlaylist(await seen(met, url, headers), url);
    const middle = Math.ceil(segments.length / 2);
    const mine = which === "first" ? segments.slice(0, middle) : segments.slice(middle);
    for (const segment of mine) await seen(met, segment.url, headers);
  }
  return [...met];
}

/** Every status met while all of a film is fetched by its address alone. */
async function unaided(address: string): Promise<number[]> {
  const met = new Set<number>();
  for (const { url } of variants(await seen(met, address), address)) {
    const { init, segments } = mediaPlaylist(await seen(met, url), url);
    for (const file of [init ?? "", ...segments.map((segment) => segment.url)]) {
      await seen(met, file);
    }
  }
  return [...met];
}

async function seen(
  met: Set<number>,
  address: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await fetch(address, { headers });
  met.add(answer.status);
  return answer.text();
}

/** A port with the other two of a laptop free beside it. */
async function freePorts(): Promise<number> {
  for (;;) {
    const port = await listenedOn(0);
    if (port === undefined || port > 65_000) continue;
    const others = await Promise.all([listenedOn(port + 1), listenedOn(port + 3)]);
    if (others.every((one) => one !== undefined)) return port;
  }
}

function listenedOn(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(undefined));
    server.listen(port, "127.0.0.1", () => {
      const { port: taken } = server.address() as { port: number };
      server.close(() => done(taken));
    });
  });
}
