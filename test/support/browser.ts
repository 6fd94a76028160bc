import { existsSync } from "node:fs";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

const INSTALLED = [
  process.env.CHROME_PATH ?? "",
  "/usr/bin/google-chrome",
  "/usr/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * A real browser: one that is installed, else the one npm carries (Linux x64; it needs libnss3).
 *
 * @returns the browser, or why there is none
 */
export async function openBrowser(): Promise<Browser | string> {
  const installed = INSTALLED.find((path) => path && existsSync(path));
  try {
    const executablePath = installed ?? (await chromium.executablePath());
    return await playwright.launch({
      executablePath,
      args: installed ? ["--no-sandbox"] : chromium.args,
      headless: true,
    });
  } catch (error) {
    return `no browser starts here (${firstLine(error)}); on Debian: apt-get install libnss3`;
  }
}

const firstLine = (error: unknown): string =>
  (String(error).match(/error while loading shared libraries: [^\n]*/) ??
    String(error).split("\n"))[0] ?? "";

/** A script as npm carries it, to be put into a page. */
export const script = (path: string): string =>
  join(import.meta.dirname, "../../node_modules", path);
