import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mediaPlaylist, variants } from "../../packages/cli/src/once/manifests.ts";
import type { Grant } from "../../packages/cli/src/operator/operator.ts";
import {
  type Carried,
  carriedBy,
  carriers,
  edited,
  filesBelow,
  passIn,
  spelled,
} from "../support/grants.ts";
import { ended, type TestLaptop, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";
import { signIn } from "../support/people.ts";
import { countPackets } from "../support/probing.ts";
import { until } from "../support/until.ts";

const SECONDS = 5;

let here: TestLaptop;
/** Of one film: its second attempt, which is published, its first, and one that is over. */
let grant: Grant;
let earlier: Grant;
let over: Grant;
/** Of another film. */
let foreign: Grant;
/** The other key that the edge trusts. */
let otherKeyId: string;
let files: Map<string, number>;

beforeAll(async () => {
  here = await testLaptop();
  const { operator, config, laptop } = here;
  await operator.drop(await clip({ seconds: 2 }), "film.mp4");
  const first = await ended(here, async () => (await operator.newest())?.videoId);
  const videoId = String(first.videoId);
  earlier = await operator.grant(videoId);
  await operator.drop(await clip({ seconds: 2 }), "foreign.mp4");
  await operator.drop(await clip({ size: "640x360", seconds: SECONDS }), "film.mp4");
  const other = await until("the other film", async () => {
    const newest = await operator.newest();
    return newest?.status === "READY" && newest.videoId !== videoId ? newest : undefined;
  });
  foreign = await operator.grant(String(other.videoId));
  await until("the second attempt", async () => {
    const film = await operator.film(videoId);
    return (film?.published as { attempt: number } | undefined)?.attempt === 2;
  });
  over = await operator.grant(videoId, 1);
  grant = await operator.grant(videoId);
  expect([earlier.attempt, grant.attempt]).toEqual([1, 2]);

  const secrets = new SecretsManagerClient(config);
  const { SecretString = "" } = await secrets.send(
    new GetSecretValueCommand({ SecretId: laptop.endpoints.resources.SigningSecretArn }),
  );
  secrets.destroy();
  otherKeyId = JSON.parse(SecretString).other.keyPairId;
  files = await filesBelow(here, grant.cookiePath.slice(1));
  await until("the short grant to end", () => Date.now() > Date.parse(over.expiresAt) + 1000);
}, 240_000);
afterAll(() => here?.[Symbol.asyncDispose]());

const at = (key: string) => `${here.laptop.endpoints.cdn}/${key}`;

/** A policy with something else in it, under the signature of the old one. */
function reworded(change: (statement: Statement) => void): Carried {
  const carried = carriedBy(grant);
  const policy = JSON.parse(spelled.read(carried.Policy)) as { Statement: [Statement] };
  change(policy.Statement[0]);
  return { ...carried, Policy: spelled.write(JSON.stringify(policy)) };
}
interface Statement {
  Resource: string;
  Condition: { DateLessThan: { "AWS:EpochTime": number } };
}

describe("every file of a film", () => {
  it("is there: playlists, segments, pictures and a download", () => {
    const kinds = new Set(Array.from(files.keys(), (key) => key.split(".").at(-1)));
    expect([...kinds]).toEqual(
      expect.arrayContaining(["m3u8", "mpd", "jpg", "mp4", "cmfv", "cmfa"]),
    );
    expect(files.size).toBeGreaterThan(15);
  });

  it.each(["cookies", "query"] as const)("is fetched whole with a grant as %s", async (how) => {
    for (const [key, size] of files) {
      const { address, headers } = carriers[how](at(key), carriedBy(grant));
      const answer = await fetch(address, { headers });
      expect([key, answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([
        key,
        200,
        size,
      ]);
    }
  });

  it("is fetched in part, by a signed query on a range", async () => {
    for (const [key, size] of files) {
      const { address } = carriers.query(at(key), carriedBy(grant));
      const whole = Buffer.from(await (await fetch(address)).arrayBuffer());
      const last = Math.min(size - 1, 40);
      const answer = await fetch(address, { headers: { range: `bytes=7-${last}` } });
      expect([key, answer.status, answer.headers.get("content-range")]).toEqual([
        key,
        206,
        `bytes 7-${last}/${size}`,
      ]);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(whole.subarray(7, last + 1));
    }
  });

  it("opens with the addresses that a grant signs", async () => {
    const { template, count } = grant.thumbnails ?? { template: "", count: 0 };
    const thumbnails = Array.from({ length: count }, (_, index) =>
      template.replace("{index}", String(index).padStart(7, "0")),
    );
    expect(count).toBeGreaterThan(0);
    for (const url of [
      ...grant.downloads.map(({ url }) => url),
      grant.poster ?? "",
      ...thumbnails,
    ]) {
      expect((await fetch(url)).status).toBe(200);
    }
  });

  const trespasses: Array<{
    with: string;
    carried: () => Carried;
    path?: (key: string) => string;
  }> = [
    { with: "an edited policy", carried: () => reworded((it) => (it.Resource += "*")) },
    {
      with: "a wider policy",
      carried: () => reworded((it) => (it.Resource = at("videos/*"))),
    },
    {
      with: "a policy without a path",
      carried: () => reworded((it) => Reflect.deleteProperty(it, "Resource")),
    },
    {
      with: "an edited expiry",
      carried: () => reworded((it) => (it.Condition.DateLessThan["AWS:EpochTime"] += 1)),
    },
    {
      with: "an edited signature",
      carried: () => ({ ...carriedBy(grant), Signature: edited(carriedBy(grant).Signature) }),
    },
    {
      with: "no signature",
      carried: () => ({ ...carriedBy(grant), Signature: "" }),
    },
    {
      with: "another key's id",
      carried: () => ({ ...carriedBy(grant), "Key-Pair-Id": otherKeyId }),
    },
    {
      with: "a key id nobody knows",
      carried: () => ({ ...carriedBy(grant), "Key-Pair-Id": "K2JCJMDEHXQW5F" }),
    },
    {
      with: "another hash",
      carried: () => ({ ...carriedBy(grant), "Hash-Algorithm": "SHA1" }),
    },
    { with: "a grant that is over", carried: () => carriedBy(over) },
    { with: "another film's grant", carried: () => carriedBy(foreign) },
    { with: "another attempt's grant", carried: () => carriedBy(earlier) },
    {
      with: "a policy of another grant",
      carried: () => ({ ...carriedBy(grant), Policy: carriedBy(foreign).Policy }),
    },
    {
      with: "its path in another attempt",
      carried: () => carriedBy(grant),
      path: (key) => key.replace("/2/", "/1/"),
    },
    {
      with: "its path in another film",
      carried: () => carriedBy(grant),
      path: (key) => key.replace(grant.videoId, foreign.videoId).replace("/2/", "/1/"),
    },
    {
      with: "a path that climbs out",
      carried: () => carriedBy(grant),
      path: (key) => `${grant.cookiePath.slice(1)}..%2F1/${key.split("/2/")[1]}`,
    },
  ];

  it("is refused without a grant", async () => {
    for (const key of files.keys())
      expect([key, (await fetch(at(key))).status]).toEqual([key, 403]);
  });

  describe.each(trespasses)("is refused with $with", ({ carried, path = (key) => key }) => {
    it.each(["cookies", "query"] as const)("as %s", async (how) => {
      for (const key of files.keys()) {
        const { address, headers } = carriers[how](at(path(key)), carried());
        const answer = await fetch(address, { headers });
        await answer.arrayBuffer();
        expect([key, answer.status]).toEqual([key, 403]);
      }
    });
  });
});

describe("the address for players without cookies", () => {
  it("leads to every file, and every line of every playlist carries the grant", async () => {
    const seen = new Set<string>();
    const read = async (address: string) => {
      seen.add(new URL(address).pathname);
      const answer = await fetch(address);
      expect([new URL(address).pathname, answer.status]).toEqual([new URL(address).pathname, 200]);
      return answer;
    };
    const text = async (address: string) => {
      const answer = await read(address);
      expect(answer.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
      expect(answer.headers.get("cache-control")).toMatch(/^private/);
      const playlist = await answer.text();
      for (const [named] of playlist.matchAll(/^[^#\r\n].*|(?<=URI=")[^"]*/gm)) {
        expect(named).toMatch(/\?(grant|Policy)=/);
      }
      return playlist;
    };
    for (const { url } of variants(await text(grant.signedHls), grant.signedHls)) {
      const { init, segments } = mediaPlaylist(await text(url), url);
      for (const file of [init ?? "", ...segments.map((segment) => segment.url)]) {
        await (await read(file)).arrayBuffer();
      }
    }
    const streamed = [...files.keys()].filter((key) => /\.(cmf.|m4.|mp4)$/.test(key));
    const missed = streamed.filter((key) => key.includes("/stream/") && !seen.has(`/${key}`));
    expect(missed).toEqual([]);
  });

  it("is played by ffprobe to its end", async () => {
    const packets = await countPackets(grant.signedHls);
    expect(packets.video).toBeGreaterThanOrEqual(SECONDS * 30 - 2);
    expect(packets.endSeconds).toBeGreaterThan(SECONDS - 0.2);
  });

  it("may be asked for in small", async () => {
    const plain = await fetch(grant.signedHls, { headers: { "accept-encoding": "identity" } });
    const small = await fetch(grant.signedHls, { headers: { "accept-encoding": "gzip" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await small.text()).toBe(await plain.text());
  });

  it.each([
    { how: "without the grant", status: 400, address: (url: string) => url.split("?")[0] ?? "" },
    { how: "with an empty one", status: 400, address: (url: string) => url.replace(/=.*/, "=") },
    { how: "edited", status: 403, address: (url: string) => edited(url.split("=")[1] ?? "") },
    {
      how: "with a later end",
      status: 403,
      address: (url: string) => `z${passIn(url).slice(1)}`,
    },
    { how: "with another film's", status: 403, address: () => passIn(foreign.signedHls) },
    { how: "with another attempt's", status: 403, address: () => passIn(earlier.signedHls) },
    {
      how: "for another attempt",
      status: 403,
      address: (url: string) => url.replace("/attempts/2/", "/attempts/1/"),
    },
    {
      how: "for another film",
      status: 403,
      address: (url: string) => url.replace(grant.videoId, foreign.videoId),
    },
    {
      how: "for a playlist that is not there",
      status: 404,
      address: (url: string) => url.replace("main.m3u8", "main_9999.m3u8"),
    },
    {
      how: "for a file that is no playlist",
      status: 404,
      address: (url: string) => url.replace("main.m3u8", "main_360init.cmfv"),
    },
  ])("$how is answered with $status", async ({ status, address }) => {
    const asked = address(grant.signedHls);
    const url = asked.startsWith("http")
      ? asked
      : grant.signedHls.replace(/=.*/, `=${encodeURIComponent(asked)}`);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      status,
      "application/problem+json",
    ]);
    expect(await answer.text()).not.toContain(passIn(grant.signedHls));
  });

  it("outlives a wish that is shorter than the film", () => {
    expect(Date.parse(over.expiresAt)).toBeLessThan(Date.now());
    expect(Date.parse(over.signedExpiresAt) - Date.now()).toBeGreaterThan(SECONDS * 1000);
  });
});

describe("who may ask for a grant", () => {
  const ask = async (id: string, token?: string) => {
    const answer = await fetch(`${here.laptop.endpoints.api}/videos/${id}/grants`, {
      method: "POST",
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
    return {
      status: answer.status,
      cookies: answer.headers.getSetCookie(),
      body: await answer.text(),
    };
  };

  it("for a private film: its people; to all others it is as if there were none", async () => {
    const nothing = await ask("vid_00000000000000000000000000");
    expect(nothing.status).toBe(404);
    for (const user of here.users) {
      const { access } = await signIn(here, user);
      const given = await ask(grant.videoId, access);
      if (user.group === "admin") expect(given.status).toBe(201);
      else expect([user.group, given]).toEqual([user.group, nothing]);
    }
    expect(await ask(grant.videoId)).toEqual(nothing);
  });

  it("for a public film: anyone, and the answer sets the cookies", async () => {
    const api = await here.operator.api();
    await api.videos.change(foreign.videoId, { visibility: "public" });
    const given = await ask(foreign.videoId);
    expect(given.status).toBe(201);
    const { cookies, cookiePath, hls } = JSON.parse(given.body) as Grant;
    const lines = given.cookies.map((line) => line.split("; "));
    expect(Object.fromEntries(lines.map(([pair = ""]) => pair.split(/=(.*)/)))).toEqual(
      expect.objectContaining(cookies),
    );
    for (const [, ...attributes] of lines) {
      expect(attributes).toEqual([
        `Path=${cookiePath}`,
        expect.stringMatching(/^Max-Age=\d+$/),
        "HttpOnly",
        "SameSite=Lax",
      ]);
    }
    const cookie = lines.map(([pair]) => pair).join("; ");
    expect((await fetch(hls, { headers: { cookie } })).status).toBe(200);
    expect((await ask(foreign.videoId, "edited.token.here")).status).toBe(401);
    await api.videos.change(foreign.videoId, { visibility: "private" });
    expect((await ask(foreign.videoId)).status).toBe(404);
  });

  it("not for less than a moment, or more than a day", async () => {
    const admin = here.users.find(({ group }) => group === "admin");
    const { access } = await signIn(here, admin ?? { email: "", password: "" });
    for (const lifetimeSeconds of [0, 86_401, 1.5, "900"]) {
      const answer = await fetch(`${here.laptop.endpoints.api}/videos/${grant.videoId}/grants`, {
        method: "POST",
        headers: { authorization: `Bearer ${access}`, "content-type": "application/json" },
        body: JSON.stringify({ lifetimeSeconds }),
      });
      expect([lifetimeSeconds, answer.status]).toEqual([lifetimeSeconds, 400]);
      expect(await answer.json()).toMatchObject({ fields: [{ path: "body.lifetimeSeconds" }] });
    }
  });
});
