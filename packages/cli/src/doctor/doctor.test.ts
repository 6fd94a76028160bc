import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { api, folder, node, ports, running, tool } from "./checks.ts";

const home = mkdtempSync(join(tmpdir(), "doctor-"));
afterAll(() => rmSync(home, { recursive: true }));

async function serving<T>(
  status: number,
  dateMs: number,
  use: (at: string) => Promise<T>,
): Promise<T> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { date: new Date(dateMs).toUTCString() });
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it.each([
  ["24.0.0", true],
  ["26.1.0", true],
  ["20.20.2", false],
])("Node %s is enough: %s", (version, ok) => {
  const found = node(version);
  expect([found.ok, found.fix !== undefined]).toEqual([ok, !ok]);
});

it("the ffmpeg that films are made with is found, with the encoders a ladder needs", async () => {
  expect(await tool("ffmpeg")).toMatchObject({ what: "ffmpeg", ok: true });
});

it("a variable that names no program is said", async () => {
  const before = process.env.FFMPEG_PATH;
  process.env.FFMPEG_PATH = join(home, "nothing");
  try {
    expect(await tool("ffmpeg")).toMatchObject({
      ok: false,
      fix: expect.stringContaining("FFMPEG_PATH"),
    });
  } finally {
    if (before === undefined) delete process.env.FFMPEG_PATH;
    else process.env.FFMPEG_PATH = before;
  }
});

it("a data folder that is a file is said", () => {
  const file = join(home, "thesis.txt");
  writeFileSync(file, "text");
  expect(folder(file)).toMatchObject({ ok: false });
  expect(folder(join(home, "new"))).toMatchObject({ ok: true });
});

it("a port that another program has is named", async () => {
  await serving(200, Date.now(), async (at) => {
    const port = Number(new URL(at).port);
    const found = await ports(port, undefined);
    expect(found).toMatchObject({ ok: false, fix: expect.stringContaining(String(port)) });
    expect(await ports(port, at)).toMatchObject({ ok: true });
  });
});

it("a laptop that ended without a word is not running", async () => {
  const at = await serving(404, Date.now(), async (aws) => {
    writeFileSync(join(home, "endpoints.json"), JSON.stringify({ aws }));
    expect(await running(home)).toBe(aws);
    return aws;
  });
  expect(at).toContain("127.0.0.1");
  expect(await running(home)).toBeUndefined();
});

it.each([
  ["answers", 401, 0, true],
  ["is broken", 502, 0, false],
  ["has another time", 401, 10 * 60_000, false],
])("an API that %s is told so", async (_, status, skewMs, ok) => {
  await serving(status, Date.now() - skewMs, async (at) => {
    expect(await api(async () => ({ api: at }))).toMatchObject({ ok });
  });
});

it("an API that is not there is told so, with what to do", async () => {
  const at = await serving(200, Date.now(), async (address) => address);
  const found = await api(async () => ({ api: at }));
  expect(found).toMatchObject({ ok: false, fix: expect.stringContaining("--api") });
});
