import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

/** What a page loads of an entry. */
async function bundle(entry: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    logLevel: "silent",
    platform: "browser",
    format: "esm",
    target: "es2022",
  });
  return { text: outputFiles[0]?.text ?? "", inputs: Object.keys(metafile.inputs) };
}

describe("in a browser", () => {
  it("needs nothing of Node, and loads in a blink", async () => {
    const { text, inputs } = await bundle("index.ts");
    expect(inputs.filter((path) => path.includes("node/"))).toEqual([]);
    expect(/["'`]node:|\bBuffer\b|\brequire\(/.exec(text)).toBeNull();
    expect(gzipSync(text).length).toBeLessThan(MOST_BYTES);
  });

  it("what is for Node does not come along by accident", async () => {
    await expect(bundle("node/index.ts")).rejects.toThrow(/Could not resolve "node:/);
  });
});

/** Compressed. AWS's library for signing in alone has 27 kB. */
const MOST_BYTES = 15_000;
