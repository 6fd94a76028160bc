import { generateKeyPairSync, verify } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type * as Actor from "../actor/index.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { film, key, policyIn, secretText } from "./film.testing.ts";
import * as Playback from "./playback.ts";
import { policy } from "./policy.ts";

vi.mock("../aws/secrets.ts", () => ({ secret: () => Promise.resolve(secretText) }));

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());

const nowMs = Date.UTC(2030, 0, 1);
const ann: Actor.Actor = { sub: "ann", groups: [] };

const grant = (wish: Playback.Wish, actor: Actor.Actor | undefined = ann) =>
  Clock.at(nowMs, () => Playback.grant(actor, wish));
const secondsUntil = (time: string) => (Date.parse(time) - nowMs) / 1000;

describe("a grant", () => {
  it("opens exactly the published attempt, for as long as it says", async () => {
    const videoId = await film();
    const given = await grant({ videoId, lifetimeSeconds: 900 });
    expect(given).toMatchObject({
      videoId,
      attempt: 2,
      title: "Holiday",
      durationSeconds: 60.5,
      expiresAt: "2030-01-01T00:15:00.000Z",
      cookiePath: `/videos/${videoId}/2/`,
      hls: `https://edge.example/videos/${videoId}/2/stream/main.m3u8`,
      dash: `https://edge.example/videos/${videoId}/2/stream/main.mpd`,
    });
    const { cookies } = given;
    expect(Object.keys(cookies).toSorted()).toEqual([
      "CloudFront-Hash-Algorithm",
      "CloudFront-Key-Pair-Id",
      "CloudFront-Policy",
      "CloudFront-Signature",
    ]);
    const policy = policyIn(cookies["CloudFront-Policy"]);
    expect(JSON.parse(String(policy))).toEqual({
      Statement: [
        {
          Resource: `https://edge.example/videos/${videoId}/2/*`,
          Condition: { DateLessThan: { "AWS:EpochTime": nowMs / 1000 + 900 } },
        },
      ],
    });
    const signature = policyIn(cookies["CloudFront-Signature"]);
    expect(verify("sha256", policy, key.publicKey, signature)).toBe(true);
  });

  it("signs once, and says so in downloads, poster and thumbnails", async () => {
    const { cookies, ...given } = await grant({ videoId: await film() });
    for (const url of [given.downloads[0]?.url, given.poster, given.thumbnails?.template]) {
      const carried = new URL(url ?? "").searchParams;
      expect(Object.fromEntries(carried)).toEqual({
        Policy: cookies["CloudFront-Policy"],
        Signature: cookies["CloudFront-Signature"],
        "Key-Pair-Id": "K2TEST",
        "Hash-Algorithm": "SHA256",
      });
    }
    expect(given.thumbnails?.template).toMatch(/\/thumbnails\/t\.\{index\}\.jpg\?Policy=/);
    expect(new URL(given.signedHls).searchParams.get("grant")).toContain(
      cookies["CloudFront-Signature"],
    );
  });

  it("names nothing that CloudFront keeps for itself in the addresses of playlists", async () => {
    const videoId = await film();
    const { signedHls, signedDash } = await grant({ videoId });
    for (const [url, name] of [
      [signedHls, "main.m3u8"],
      [signedDash, "main.mpd"],
    ] as const) {
      const { origin, pathname, searchParams } = new URL(url);
      expect(origin + pathname).toBe(
        `https://edge.example/api/videos/${videoId}/attempts/2/playlists/${name}`,
      );
      expect([...searchParams.keys()]).toEqual(["grant"]);
    }
  });

  it.each([
    { filmSeconds: 60, wished: undefined, seconds: 3660, signedSeconds: 3660 },
    { filmSeconds: 60, wished: 900, seconds: 900, signedSeconds: 3660 },
    { filmSeconds: 60, wished: 7200, seconds: 7200, signedSeconds: 7200 },
    { filmSeconds: 60.2, wished: undefined, seconds: 3661, signedSeconds: 3661 },
    { filmSeconds: 86_400, wished: undefined, seconds: 86_400, signedSeconds: 90_000 },
    { filmSeconds: 86_400, wished: 1, seconds: 1, signedSeconds: 90_000 },
  ])(
    "of a film of $filmSeconds s, $wished s wished for, lasts $seconds s, and $signedSeconds s without cookies",
    async (row) => {
      const published = {
        attempt: 1,
        prefix: "videos/vid_01BX5ZZKBKACTAV9WEVGEMMVRZ/1/",
        hlsKey: "main.m3u8",
        dashKey: "main.mpd",
        downloads: [],
        durationMs: row.filmSeconds * 1000,
      };
      const videoId = await film({ published });
      const wish = row.wished === undefined ? {} : { lifetimeSeconds: row.wished };
      const given = await grant({ videoId, ...wish });
      expect(secondsUntil(given.expiresAt)).toBe(row.seconds);
      expect(secondsUntil(given.signedExpiresAt)).toBe(row.signedSeconds);
      expect(row.signedSeconds).toBeLessThanOrEqual(Playback.LONGEST_SECONDS);
    },
  );

  const people = {
    "its owner": ann,
    "an admin": { sub: "eve", groups: ["admin"] },
    "a user it is shared with": { sub: "sam", groups: ["viewer"] },
    "somebody else": { sub: "bob", groups: ["editor"] },
    "a user named operators": { sub: "operators", groups: [] },
    nobody: undefined,
  } satisfies Record<string, Actor.Actor | undefined>;

  it.each([
    { what: "private", about: {}, may: ["its owner", "an admin"] },
    {
      what: "shared",
      about: { sharedWith: ["sam"] },
      may: ["its owner", "an admin", "a user it is shared with"],
    },
    { what: "public", about: { visibility: "public" }, may: Object.keys(people) },
    { what: "the operators'", about: { ownerId: "operators" }, may: ["an admin"] },
    {
      what: "being deleted",
      about: { visibility: "public", deletedAtMs: nowMs },
      may: [] as string[],
    },
  ])("of a film that is $what is for $may", async ({ about, may }) => {
    const videoId = await film(about);
    for (const [who, actor] of Object.entries(people)) {
      const given = Clock.at(nowMs, () => Playback.grant(actor, { videoId }));
      if (may.includes(who)) await expect(given, who).resolves.toBeDefined();
      else {
        await expect(given, who).rejects.toThrow(
          expect.objectContaining({ code: "VideoNotFound" }),
        );
      }
    }
  });

  it("needs a film, and one that was READY once", async () => {
    await expect(grant({ videoId: Id.newVideo() })).rejects.toThrow(
      expect.objectContaining({ code: "VideoNotFound" }),
    );
    await expect(grant({ videoId: await film({ published: undefined }) })).rejects.toThrow(
      expect.objectContaining({ code: "NotPublished" }),
    );
  });

  it.each([{ lifetimeSeconds: 0 }, { lifetimeSeconds: 86_401 }, { lifetimeSeconds: 1.5 }])(
    "is not wished for with %j",
    (wish) => {
      expect(Playback.Wish.safeParse({ videoId: Id.newVideo(), ...wish }).success).toBe(false);
    },
  );
});

describe("a policy", () => {
  const good = "videos/vid_01BX5ZZKBKACTAV9WEVGEMMVRZ/1/";

  it.each([
    "*",
    "videos/*",
    "videos/vid_01BX5ZZKBKACTAV9WEVGEMMVRZ/*",
    "videos/vid_01BX5ZZKBKACTAV9WEVGEMMVRZ/1*",
    `${good}../2/*`,
    `${good}a*`,
    `${good}?x`,
    `${good}a b.mp4`,
    good,
  ])("never opens %s", (path) => {
    expect(() => policy(path, nowMs + 1000, nowMs)).toThrow(
      expect.objectContaining({ code: "GrantForbidden" }),
    );
  });

  it.each([nowMs - 1, nowMs, (nowMs + 1000) * 1000, Number.NaN])("never ends at %s", (endsAtMs) => {
    expect(() => policy(`${good}*`, endsAtMs, nowMs)).toThrow();
  });

  it("stays below its film, whatever the path", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a/.*%?#\\ \n0") }), (rest) => {
        try {
          const { Statement } = JSON.parse(policy(`${good}${rest}`, nowMs + 1000, nowMs));
          const resource = String(Statement[0].Resource);
          return resource.startsWith(`https://edge.example/${good}`) && !resource.includes("..");
        } catch {
          return true;
        }
      }),
    );
  });
});

it.each([
  { kind: "EC P-256", pem: key.privateKey, taken: true },
  { kind: "RSA", pem: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey, taken: true },
  {
    kind: "EC P-384",
    pem: generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey,
    taken: false,
  },
  { kind: "Ed25519", pem: generateKeyPairSync("ed25519").privateKey, taken: false },
])("a key of $kind is taken: $taken", ({ pem, taken }) => {
  const text = JSON.stringify({
    keyPairId: "K",
    privateKeyPem: pem.export({ type: "pkcs8", format: "pem" }),
  });
  if (taken) expect(Playback.parseKeys(text).signer.keyPairId).toBe("K");
  else expect(() => Playback.parseKeys(text)).toThrow();
});
