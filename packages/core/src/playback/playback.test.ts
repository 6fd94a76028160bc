import { createVerify, generateKeyPairSync } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as Table from "../aws/table.ts";
import { Clock } from "../clock/index.ts";
import { Id } from "../id/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { Video } from "../video/index.ts";
import * as Playback from "./playback.ts";

const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
const secretText = JSON.stringify({
  keyPairId: "K2TEST",
  privateKeyPem: key.privateKey.export({ type: "pkcs8", format: "pem" }),
});
vi.mock("../aws/secrets.ts", () => ({ secret: () => Promise.resolve(secretText) }));

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());

const nowMs = Date.UTC(2030, 0, 1);

async function film(about: Record<string, unknown> = {}): Promise<Id.VideoId> {
  const id = Id.newVideo();
  const prefix = `videos/${id}/2/`;
  await Table.put({
    ...Video.keyOf(id),
    videoId: id,
    ownerId: "ann",
    status: "FAILED",
    attempt: 3,
    published: {
      attempt: 2,
      prefix,
      durationMs: 60_000,
      hlsKey: `${prefix}stream/main.m3u8`,
      dashKey: `${prefix}stream/main.mpd`,
      downloads: [{ key: `${prefix}download/film.mp4`, mimeType: "video/mp4", sizeBytes: 5 }],
      poster: { key: `${prefix}pictures/poster.0000001.jpg`, widthPx: 320, heightPx: 180 },
      thumbnails: {
        base: `${prefix}thumbnails/t`,
        count: 3,
        everySeconds: 1,
        widthPx: 320,
        heightPx: 180,
      },
    },
    ...about,
  });
  return id;
}

const grant = (wish: Parameters<typeof Playback.grant>[0]) =>
  Clock.at(nowMs, () => Playback.grant(wish));

function plain(encoded: string): Buffer {
  return Buffer.from(
    encoded.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"),
    "base64",
  );
}

describe("a grant", () => {
  it("opens exactly the published attempt, for as long as it says", async () => {
    const videoId = await film();
    const given = await grant({ videoId, lifetimeSeconds: 900 });
    expect(given).toMatchObject({
      videoId,
      attempt: 2,
      expiresAt: "2030-01-01T00:15:00.000Z",
      cookiePath: `/videos/${videoId}/2/`,
      hls: `https://edge.example/videos/${videoId}/2/stream/main.m3u8`,
    });
    const { cookies } = given;
    expect(Object.keys(cookies).toSorted()).toEqual([
      "CloudFront-Hash-Algorithm",
      "CloudFront-Key-Pair-Id",
      "CloudFront-Policy",
      "CloudFront-Signature",
    ]);
    const policy = plain(cookies["CloudFront-Policy"] ?? "");
    expect(JSON.parse(String(policy))).toEqual({
      Statement: [
        {
          Resource: `https://edge.example/videos/${videoId}/2/*`,
          Condition: { DateLessThan: { "AWS:EpochTime": nowMs / 1000 + 900 } },
        },
      ],
    });
    const verify = createVerify("sha256").update(policy);
    expect(verify.verify(key.publicKey, plain(cookies["CloudFront-Signature"] ?? ""))).toBe(true);
  });

  it("signs downloads, poster and thumbnails by themselves", async () => {
    const given = await grant({ videoId: await film() });
    for (const url of [given.downloads[0]?.url, given.poster, given.thumbnails?.template]) {
      const { searchParams } = new URL(url ?? "");
      expect([...searchParams.keys()].toSorted()).toEqual([
        "Hash-Algorithm",
        "Key-Pair-Id",
        "Policy",
        "Signature",
      ]);
    }
    expect(given.thumbnails?.template).toMatch(/\/thumbnails\/t\.\{index\}\.jpg\?Policy=/);
  });

  it("lasts as long as the film and an hour, when nobody says how long", async () => {
    const given = await grant({ videoId: await film() });
    expect(Date.parse(given.expiresAt) - nowMs).toBe((60 + 3600) * 1000);
  });

  it.each([
    { who: "its owner", actor: { sub: "ann", groups: [] }, may: true },
    { who: "an admin", actor: { sub: "eve", groups: ["admin"] }, may: true },
    { who: "somebody else", actor: { sub: "bob", groups: ["viewer"] }, may: false },
    { who: "IAM", actor: undefined, may: true },
  ])("for $who: $may", async ({ actor, may }) => {
    const wish = { videoId: await film(), ...(actor ? { actor } : {}) };
    if (may) await expect(grant(wish)).resolves.toBeDefined();
    else
      await expect(grant(wish)).rejects.toThrow(expect.objectContaining({ code: "VideoNotFound" }));
  });

  it("for a film of the operators is not for a user who calls themself so", async () => {
    const videoId = await film({ ownerId: "operators" });
    await expect(grant({ videoId, actor: { sub: "operators", groups: [] } })).rejects.toThrow(
      expect.objectContaining({ code: "VideoNotFound" }),
    );
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
    expect(() => Playback.policy(path, nowMs + 1000, nowMs)).toThrow(
      expect.objectContaining({ code: "GrantForbidden" }),
    );
  });

  it.each([nowMs - 1, nowMs, (nowMs + 1000) * 1000, Number.NaN])("never ends at %s", (endsAtMs) => {
    expect(() => Playback.policy(`${good}*`, endsAtMs, nowMs)).toThrow();
  });

  it("stays below its film, whatever the path", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a/.*%?#\\ \n0") }), (rest) => {
        try {
          const { resource } = Playback.policy(`${good}${rest}`, nowMs + 1000, nowMs);
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
  if (taken) expect(Playback.parseKey(text).keyPairId).toBe("K");
  else expect(() => Playback.parseKey(text)).toThrow();
});
