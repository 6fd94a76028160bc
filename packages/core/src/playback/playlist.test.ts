import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as Clock from "../clock/index.ts";
import type * as Id from "../id/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import { film, policyIn, secretText } from "./film.testing.ts";
import * as Playback from "./playback.ts";

vi.mock("../aws/secrets.ts", () => ({ secret: () => Promise.resolve(secretText) }));

const nowMs = Date.UTC(2030, 0, 1);
let cloud: SmallCloud;
let videoId: Id.VideoId;
let given: Playback.Grant;
let pass: string;

beforeAll(async () => {
  cloud = await openSmallCloud();
  videoId = await film({ visibility: "public" });
  given = await Clock.at(nowMs, () => Playback.grant(undefined, { videoId }));
  pass = new URL(given.signedHls).searchParams.get("grant") ?? "";
  for (const [name, text] of Object.entries(stored)) {
    cloud.shelf.put("streams", `videos/${videoId}/2/stream/${name}`, text);
  }
});
afterAll(() => cloud.close());

const stored = {
  "main.m3u8": `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="main_sound.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1,mp4a",AUDIO="a"
main_720.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="main_720_i.m3u8"
`,
  "main_720.m3u8": `#EXTM3U\r
#EXT-X-MAP:URI="main_720init.mp4"\r
#EXT-X-KEY:METHOD=AES-128,URI="https://keys.example/k"\r
#EXTINF:4.0,\r
main_720_00001.mp4\r
#EXTINF:4.0,\r
../../1/stream/main_720_00002.mp4\r
#EXTINF:4.0,\r
%zz.mp4\r
#EXT-X-ENDLIST\r
`,
  "main.mpd": '<MPD><SegmentTemplate initialization="i.mp4" media="m_$Number%09d$.mp4"/></MPD>',
};

const ask = (about: Partial<Playback.Asked> = {}) =>
  Clock.at(nowMs, () =>
    Playback.playlist({ videoId, attempt: 2, name: "main.m3u8", grant: pass, ...about }),
  );

describe("a playlist for players without cookies", () => {
  it("names the others by addresses of its own kind, with the same grant", async () => {
    const { text, contentType } = await ask();
    expect(contentType).toBe("application/vnd.apple.mpegurl");
    const api = `https://edge.example/api/videos/${videoId}/attempts/2/playlists`;
    expect(text).toBe(
      stored["main.m3u8"].replaceAll(/main_\w+\.m3u8/g, (name) => `${api}/${name}?grant=${pass}`),
    );
  });

  it("names files by signed addresses, and gives no stranger a signature", async () => {
    const { text } = await ask({ name: "main_720.m3u8" });
    const [map = "", segment = ""] = text.match(/https:\/\/edge[^"\r\n]*/g) ?? [];
    const folder = `https://edge.example/videos/${videoId}/2/stream`;
    const query = new URL(segment).search;
    expect(text).toBe(
      stored["main_720.m3u8"]
        .replace("main_720init.mp4", `${folder}/main_720init.mp4${query}`)
        .replace("main_720_00001.mp4", `${folder}/main_720_00001.mp4${query}`),
    );
    const { cookies } = given;
    expect(Object.fromEntries(new URL(map).searchParams)).toEqual({
      Policy: cookies["CloudFront-Policy"],
      Signature: cookies["CloudFront-Signature"],
      "Key-Pair-Id": cookies["CloudFront-Key-Pair-Id"],
      "Hash-Algorithm": cookies["CloudFront-Hash-Algorithm"],
    });
    expect(String(policyIn(new URL(map).searchParams.get("Policy")))).toContain(`/${videoId}/2/*`);
  });

  it("may be a DASH manifest, whose templates stay templates", async () => {
    const { text, contentType } = await ask({ name: "main.mpd" });
    expect(contentType).toBe("application/dash+xml");
    const folder = `https://edge.example/videos/${videoId}/2/stream`;
    expect(text).toContain(`initialization="${folder}/i.mp4?Policy=`);
    expect(text).toContain(`media="${folder}/m_$Number%09d$.mp4?Policy=`);
    expect(text).not.toMatch(/&(?!amp;)/);
  });

  it.each([
    { how: "an edited grant", code: "GrantInvalid", about: () => ({ grant: `${pass}A` }) },
    { how: "no grant", code: "GrantInvalid", about: () => ({ grant: "" }) },
    { how: "a grant of another attempt", code: "GrantInvalid", about: () => ({ attempt: 1 }) },
    {
      how: "a grant of another film",
      code: "GrantInvalid",
      about: () => ({ videoId: "vid_01BX5ZZKBKACTAV9WEVGEMMVRZ" as const }),
    },
    {
      how: "a name that is not there",
      code: "PlaylistNotFound",
      about: () => ({ name: "b.m3u8" }),
    },
  ])("is not shown for $how", async ({ about, code }) => {
    await expect(ask(about())).rejects.toThrow(expect.objectContaining({ code }));
  });

  it.each(["../stream/main.m3u8", "main", "a.mp4", ".m3u8", "main.m3u8\n", "a/b.m3u8"])(
    "is never named %j",
    (name) => {
      const asked = { videoId, attempt: 2, name, grant: pass };
      expect(Playback.Asked.safeParse(asked).success).toBe(false);
    },
  );

  it.each(["0", "-1", "1.5", "1e21", "x", ""])("is of no attempt %j", (attempt) => {
    const asked = { videoId, attempt, name: "main.m3u8", grant: pass };
    expect(Playback.Asked.safeParse(asked).success).toBe(false);
  });
});
