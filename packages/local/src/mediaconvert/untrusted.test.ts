import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sampleJob } from "./sample-job.ts";
import { fast, ffmpeg, filmRoom, studio, tone, video } from "./testing.ts";

const films = filmRoom();
let cloud: ReturnType<typeof studio>;
let server: Server;
let port = 0;
let visits: string[] = [];

beforeAll(async () => {
  cloud = studio();
  cloud.service.start?.();
  server = createServer((request, response) => {
    visits.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  visits = [];
});
afterAll(async () => {
  await cloud.close();
  server.close();
  films.close();
});

/** A neighbour's film, beside and above where the job's folder will be. */
const canary = () => films.film("private.ts", `${video("320x180", "30", 1)} ${fast} -f mpegts`);

describe("a file that is not the film its name says", () => {
  it.each([
    { is: "nothing at all", text: () => "" },
    { is: "text", text: () => "this is not a video" },
    { is: "an archive", text: () => "PK\u0003\u0004..............." },
    {
      is: "a playlist with an absolute path",
      text: () =>
        `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${canary()}\n#EXT-X-ENDLIST\n`,
    },
    {
      is: "a playlist with an address",
      text: () =>
        `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:${port}/x.ts\n#EXT-X-ENDLIST\n`,
    },
    {
      is: "a manifest",
      text: () =>
        `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S" profiles="urn:mpeg:dash:profile:isoff-live:2011"><Period><AdaptationSet mimeType="video/mp2t"><Representation id="1" bandwidth="1"><BaseURL>${canary()}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    },
    { is: "a script", text: () => `ffconcat version 1.0\nfile '${canary()}'\n` },
    {
      is: "a session description",
      text: () => `v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video ${port} RTP/AVP 96\n`,
    },
  ])("is refused as 1010 and opens nothing else: $is", async ({ text }) => {
    writeFileSync(cloud.path("uploads", "upload.mp4"), text());
    const over = await cloud.finish(sampleJob("s3://uploads/upload.mp4"));
    expect(over).toMatchObject({ status: "ERROR", errorCode: 1010 });
    await expect(
      cloud.call("Probe", { InputFiles: [{ FileUrl: "s3://uploads/upload.mp4" }] }),
    ).rejects.toMatchObject({ name: "UnprocessableEntityException", httpStatus: 422 });
    expect(visits).toEqual([]);
    expect(cloud.files("media")).toEqual([]);
    expect(readdirSync(join(cloud.dataDir, "mediaconvert", "work"))).toEqual([]);
    expect(readdirSync(join(cloud.dataDir, "mediaconvert", "probe"))).toEqual([]);
  });

  it("is stopped by the decoder's own whitelist when its first bytes lie", async () => {
    // the sync bytes of a transport stream, then a playlist: still nothing is opened
    const lie = Buffer.alloc(188 * 5, "\n#");
    for (let at = 0; at < lie.length; at += 188) lie[at] = 0x47;
    const text = `\n#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:${port}/x.ts\n`;
    writeFileSync(cloud.path("uploads", "lie.mp4"), Buffer.concat([lie, Buffer.from(text)]));
    const over = await cloud.finish(sampleJob("s3://uploads/lie.mp4"));
    expect(over).toMatchObject({ status: "ERROR" });
    expect(visits).toEqual([]);
  });

  it("is refused when it is a picture", async () => {
    const picture = join(films.folder, "picture.jpg");
    ffmpeg([..."-f lavfi -i testsrc2=s=64x64:d=0.04 -frames:v 1 -f mjpeg".split(" "), picture]);
    copyFileSync(picture, cloud.path("uploads", "jpeg.mp4"));
    const over = await cloud.finish(sampleJob("s3://uploads/jpeg.mp4"));
    expect(over).toMatchObject({ errorCode: 1010 });
  });

  it("is refused before its huge pictures are decoded", async () => {
    const bomb = films.film("bomb.mp4", `-f lavfi -i color=black:s=8192x8192:r=1:d=1 ${fast}`);
    copyFileSync(bomb, cloud.path("uploads", "bomb.mp4"));
    const over = await cloud.finish(sampleJob("s3://uploads/bomb.mp4"));
    expect(over).toMatchObject({ status: "ERROR" });
  });

  it("is refused when it is encrypted, or has no index, by its own codes", async () => {
    const clear = films.film(
      "clear.mp4",
      `${video("320x180", "30", 1)} ${tone(1)} ${fast} -c:a aac`,
    );
    const cenc = join(films.folder, "cenc.mp4");
    const key = "00112233445566778899aabbccddeeff";
    const encryption = `-encryption_scheme cenc-aes-ctr -encryption_key ${key} -encryption_kid ${key}`;
    ffmpeg(["-i", clear, "-c", "copy", ...encryption.split(" "), cenc]);
    copyFileSync(cenc, cloud.path("uploads", "cenc.mp4"));
    expect(await cloud.finish(sampleJob("s3://uploads/cenc.mp4"))).toMatchObject({
      errorCode: 1030,
    });

    const bytes = readFileSync(clear);
    writeFileSync(cloud.path("uploads", "cut.mp4"), bytes.subarray(0, bytes.length / 2));
    expect(await cloud.finish(sampleJob("s3://uploads/cut.mp4"))).toMatchObject({
      errorCode: 1075,
    });
  });
});
