import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Grant } from "../../packages/cli/src/operator/operator.ts";
import { openBrowser, script } from "../support/browser.ts";
import { type TestLaptop, testLaptop } from "../support/laptop.ts";
import { clip } from "../support/media.ts";
import { until } from "../support/until.ts";

// A machine without a browser cannot show this; it says so by name instead of passing in silence.
const first = await openBrowser();
if (typeof first === "string") console.warn(`The browser journey is skipped: ${first}`);
else await first.close();

/** What a player in a page reports of itself. */
interface Played {
  ended: boolean;
  currentTime: number;
  width: number;
  error: string;
}

describe.skipIf(typeof first === "string")("in a real browser", () => {
  let here: TestLaptop;
  let grant: Grant;

  beforeAll(async () => {
    here = await testLaptop();
    await here.operator.drop(await clip({ size: "640x360", seconds: 6 }), "watched.mp4");
    const videoId = await until("READY", async () => {
      const film = await here.operator.newest();
      return film?.status === "READY" ? String(film.videoId) : undefined;
    });
    grant = await here.operator.grant(videoId);
  });
  afterAll(() => here?.[Symbol.asyncDispose]());

  let browser: Browser;
  beforeEach(async () => {
    browser = (await openBrowser()) as Browser; // each viewer has a cache of their own
  });
  afterEach(() => browser.close());

  /** A page on the CDN's own origin, with the grant's cookies or without. */
  async function page(withCookies: boolean): Promise<Page> {
    const { cdn } = here.laptop.endpoints;
    const context = await browser.newContext();
    if (withCookies) {
      await context.addCookies(
        Object.entries(grant.cookies).map(([name, value]) => ({ name, value, url: cdn })),
      );
    }
    const opened = await context.newPage();
    await opened.route(`${cdn}/test-page`, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: "<!doctype html><video id=v muted></video><script>window.problem=''</script>",
      }),
    );
    await opened.goto(`${cdn}/test-page`);
    return opened;
  }

  async function played(opened: Page): Promise<Played> {
    return until("the player to end or to give up", async () => {
      const now = await opened.evaluate<Played>(`(() => {
        const { ended, currentTime, videoWidth } = document.getElementById("v");
        return { ended, currentTime, width: videoWidth, error: window.problem };
      })()`);
      return now.ended || now.error ? now : undefined;
    });
  }

  async function playHls(opened: Page, address = grant.hls): Promise<Played> {
    await opened.addScriptTag({ path: script("hls.js/dist/hls.min.js") });
    await opened.evaluate(`{
      const hls = new Hls();
      hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) window.problem = data.details; });
      hls.loadSource(${JSON.stringify(address)});
      hls.attachMedia(document.getElementById("v"));
      hls.on(Hls.Events.MANIFEST_PARSED, () => document.getElementById("v").play());
    }`);
    return played(opened);
  }

  it("hls.js plays the HLS to its end with the grant's cookies", async () => {
    const seen = await playHls(await page(true));
    expect(seen).toMatchObject({ ended: true, error: "" });
    expect(seen.currentTime).toBeGreaterThan(5.5);
    expect(seen.width).toBeGreaterThan(0);
  });

  it("hls.js gets nothing without them", async () => {
    const seen = await playHls(await page(false));
    expect(seen).toMatchObject({ ended: false, error: "manifestLoadError" });
  });

  it("hls.js plays the address for players without cookies to its end", async () => {
    const seen = await playHls(await page(false), grant.signedHls);
    expect(seen).toMatchObject({ ended: true, error: "" });
    expect(seen.currentTime).toBeGreaterThan(5.5);
  });

  async function playDash(opened: Page, address: string): Promise<Played> {
    await opened.addScriptTag({ path: script("dashjs/dist/modern/umd/dash.all.min.js") });
    await opened.evaluate(`{
      const player = dashjs.MediaPlayer().create();
      player.on("error", (event) => { window.problem = event.error.message || String(event.error.code); });
      player.initialize(document.getElementById("v"), ${JSON.stringify(address)}, true);
    }`);
    return played(opened);
  }

  it.each([
    { how: "with the grant's cookies", cookies: true, address: "dash" },
    { how: "by the address for players without cookies", cookies: false, address: "signedDash" },
  ] as const)("dash.js plays the DASH to its end $how", async ({ cookies, address }) => {
    const seen = await playDash(await page(cookies), grant[address]);
    expect(seen).toMatchObject({ ended: true, error: "" });
    expect(seen.currentTime).toBeGreaterThan(5.5);
  });
});
