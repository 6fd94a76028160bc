import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { type TestLaptop, testLaptop } from "../support/laptop.ts";

// A machine without a browser cannot show this; it says so by name instead of passing in silence.
const browser = await openBrowser();
if (typeof browser === "string") console.warn(`The client in a page is skipped: ${browser}`);

/** What a page tells of an upload. */
interface Told {
  /** how far it was, each time it was told */
  sent: number[];
  status: string;
  phases: string[];
  kept: string[];
  refused: string;
}

describe.skipIf(typeof browser === "string")("the client in a page", () => {
  let here: TestLaptop;
  let page: Page;
  beforeAll(async () => {
    here = await testLaptop();
    const { cdn } = here.laptop.endpoints;
    page = await (browser as Browser).newPage();
    await page.route(`${cdn}/test-page`, (route) =>
      route.fulfill({ contentType: "text/html", body: "<!doctype html>" }),
    );
    await page.goto(`${cdn}/test-page`);
    await page.addScriptTag({ content: await bundle() });
  });
  afterAll(async () => {
    await here?.[Symbol.asyncDispose]();
    if (typeof browser !== "string") await browser.close();
  });

  it("signs in, sends a file in parts, tells how far it is, and watches", async () => {
    const { aws, userPoolId, clientId, api, users = [] } = here.laptop.endpoints;
    const editor = users.find(({ group }) => group === "editor");
    const about = { issuer: `${aws}/${userPoolId}`, clientId, api, editor };
    const told = await page.evaluate<Told>(`(async ({ issuer, clientId, api, editor }) => {
      const { connect, openAccounts, webStore, webRecords } = window.client;
      const accounts = openAccounts({ issuer, clientId, store: webStore(localStorage) });
      await accounts.signIn(editor);
      const rushes = connect({ api, token: accounts.token });
      const file = new File([new Uint8Array(40 * 1024 ** 2).fill(7)], "holiday.mp4");
      const sent = [];
      const film = await rushes.upload(file, {
        records: webRecords(localStorage),
        onProgress: ({ sentBytes }) => sent.push(sentBytes),
      });
      const phases = [];
      let status = "";
      for await (const seen of rushes.watch(film.id, { everyMs: 100 })) {
        phases.push(seen.phase);
        status = seen.status;
      }
      const kept = Object.keys(localStorage);
      await accounts.signOut();
      const refused = await rushes.me().then(() => "", (error) => error.code);
      return { sent, status, phases, kept, refused };
    })(${JSON.stringify(about)})`);
    expect(told.sent.at(-1)).toBe(40 * 1024 ** 2);
    expect(told.sent.length).toBeGreaterThan(3);
    expect(told).toMatchObject({ status: "FAILED", refused: "SignInNeeded" }); // it is no film
    expect(told.kept).toEqual(["rushes.session"]); // the upload is done, and so forgotten
  });
});

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(import.meta.resolve("@rushes/client"))],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "client",
    platform: "browser",
  });
  return outputFiles[0]?.text ?? "";
}
