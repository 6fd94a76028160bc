import { describe, expect, it } from "vitest";
import { beside, readMedia, readOffer } from "./playlist.ts";

describe("a playlist", () => {
  it("of a rendition names its files and how long they play", () => {
    const text =
      '#EXTM3U\r\n#EXT-X-MAP:URI="main_720init.cmfv"\r\n#EXTINF:4.004,\r\nmain_720_000000001.cmfv\r\n#EXTINF:1.5,\r\nmain_720_000000002.cmfv\r\n#EXT-X-ENDLIST\r\n';
    expect(readMedia(text)).toEqual({
      init: "main_720init.cmfv",
      segments: [
        { file: "main_720_000000001.cmfv", seconds: 4.004 },
        { file: "main_720_000000002.cmfv", seconds: 1.5 },
      ],
      ended: true,
    });
  });

  it("that is cut off has not ended", () => {
    expect(readMedia("#EXTM3U\n#EXTINF:4,\na.cmfv\n").ended).toBe(false);
  });

  it("of a film offers its renditions", () => {
    const text = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="a,b",URI="main_sound.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=5,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970
main_720.m3u8`;
    expect(readOffer(text)).toEqual({
      sounds: ["main_sound.m3u8"],
      variants: [
        {
          file: "main_720.m3u8",
          codecs: ["avc1.640028", "mp4a.40.2"],
          widthPx: 1280,
          heightPx: 720,
          frameRate: 29.97,
        },
      ],
    });
  });

  it.each([
    { file: "a.cmfv", leads: "stream/a.cmfv" },
    { file: "./b/a.cmfv?x=1", leads: "stream/b/a.cmfv" },
    { file: "../download/film.mp4", leads: "download/film.mp4" },
    { file: "../../2/a.cmfv", leads: undefined },
    { file: "https://elsewhere/a", leads: undefined },
    { file: "/etc/passwd", leads: undefined },
    { file: "", leads: undefined },
  ])("naming $file leads to $leads", ({ file, leads }) => {
    expect(beside("stream/main.m3u8", file)).toBe(leads);
  });
});
