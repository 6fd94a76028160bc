import { describe, expect, it } from "vitest";
import { dashAddresses, mediaPlaylist, variants } from "./manifests.ts";

describe("HLS playlists", () => {
  it("name their variants and alternate audio", () => {
    const text = [
      "#EXTM3U",
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",URI="main_a.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=900,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=29.970',
      "main_360.m3u8",
    ].join("\n");
    expect(variants(text, "http://h/v/main.m3u8")).toEqual([
      { url: "http://h/v/main_a.m3u8", codecs: "", width: null, height: null, frameRate: null },
      {
        url: "http://h/v/main_360.m3u8",
        codecs: "avc1.64001e,mp4a.40.2",
        width: 640,
        height: 360,
        frameRate: 29.97,
      },
    ]);
  });

  it("name their segments with durations", () => {
    const text = '#EXTM3U\n#EXT-X-MAP:URI="i.cmfv"\n#EXTINF:4.004,\ns1.cmfv\n#EXTINF:1,\ns2.cmfv';
    expect(mediaPlaylist(text, "http://h/v/a.m3u8")).toEqual({
      init: "http://h/v/i.cmfv",
      segments: [
        { url: "http://h/v/s1.cmfv", seconds: 4.004 },
        { url: "http://h/v/s2.cmfv", seconds: 1 },
      ],
    });
  });
});

describe("an MPD", () => {
  it("names every segment of every representation", () => {
    const mpd = `<MPD><Period><AdaptationSet>
      <Representation id="v" bandwidth="5"><SegmentTemplate initialization="m_vinit.cmfv"
        media="m_v_$Number%09d$.cmfv" startNumber="1" timescale="10">
        <SegmentTimeline><S t="0" d="40" r="1"/><S d="7"/></SegmentTimeline>
      </SegmentTemplate></Representation></AdaptationSet></Period></MPD>`;
    expect(dashAddresses(mpd, "http://h/x/m.mpd")).toEqual([
      "http://h/x/m_vinit.cmfv",
      "http://h/x/m_v_000000001.cmfv",
      "http://h/x/m_v_000000002.cmfv",
      "http://h/x/m_v_000000003.cmfv",
    ]);
  });
});
