import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openS3 } from "./index.ts";

/** Writes, overwrites and deletes without end, one line for each write that was answered. */
const WRITER = `
  import { anyone, testCloud } from ${JSON.stringify(new URL("../kernel/testing.ts", import.meta.url).href)};
  import { openS3 } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
  const { cloud } = testCloud({ dataDir: process.argv[1] });
  openS3(cloud);
  const call = (operation, input) => cloud.call("s3", operation, { Bucket: "films", ...input }, anyone);
  await call("CreateBucket", {});
  for (let turn = 0; ; turn += 1) {
    const Key = "key-" + (turn % 5);
    const Body = String(turn).repeat(20_000);
    await call("PutObject", { Key, Body, Metadata: { turn: String(turn) } });
    process.stdout.write(Key + " " + turn + "\\n");
    if (turn % 7 === 0) await call("DeleteObject", { Key: "key-" + ((turn + 2) % 5) });
  }
`;

it("a kill at any moment loses nothing that was answered, and leaves nothing behind", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rushes-kill-"));
  for (const lines of [1, 9, 23]) {
    const answered = await writeUntilKilled(dataDir, lines);
    const { cloud, close } = testCloud({ dataDir });
    openS3(cloud);
    const call = (operation: string, input: object = {}) =>
      cloud.call("s3", operation, { Bucket: "films", ...input }, anyone);
    const { Contents = [] } = await call("ListObjectsV2");
    expect(answered.length).toBeGreaterThanOrEqual(lines);
    const there = (Contents as Array<{ Key: string }>).map(({ Key }) => Key);
    const gone = answered.filter(({ key }) => !there.includes(key));
    for (const { key, turn } of gone) expect(wasDeleted(key, turn, answered), key).toBe(true);
    for (const { Key } of Contents as Array<{ Key: string }>) {
      const got = await call("GetObject", { Key });
      const sum = createHash("md5");
      for await (const chunk of got.Body) sum.update(chunk);
      expect(got.ETag).toBe(`"${sum.digest("hex")}"`);
      const told = answered.findLast((one) => one.key === Key)?.turn ?? -1;
      expect(Number(got.Metadata.turn)).toBeGreaterThanOrEqual(told);
    }
    const bodies = readdirSync(join(dataDir, "s3/bodies"), { recursive: true }) as string[];
    const stored = bodies.filter((name) => /[0-9a-f]{32}$/.test(name));
    expect(stored).toHaveLength(Contents.length);
    expect(readdirSync(join(dataDir, "s3/incoming"))).toEqual([]);
    await close();
  }
  rmSync(dataDir, { recursive: true });
});

/** Did the writer delete the key after that turn? The last deletion may not have been told. */
function wasDeleted(key: string, since: number, answered: Array<{ turn: number }>): boolean {
  const end = (answered.at(-1)?.turn ?? 0) + 1;
  for (let turn = since; turn <= end; turn += 1) {
    if (turn % 7 === 0 && `key-${(turn + 2) % 5}` === key) return true;
  }
  return false;
}

/** @returns what was answered before the kill */
function writeUntilKilled(dataDir: string, lines: number) {
  return new Promise<Array<{ key: string; turn: number }>>((resolve, reject) => {
    const flags = [
      "--disable-warning=ExperimentalWarning",
      "--input-type=module",
      "--eval",
      WRITER,
    ];
    const child = spawn(process.execPath, [...flags, dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (part) => {
      text += part;
      if (text.split("\n").length > lines) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => {
      const whole = text.slice(0, text.lastIndexOf("\n")).split("\n");
      resolve(
        whole.map((line) => {
          const [key = "", turn] = line.split(" ");
          return { key, turn: Number(turn) };
        }),
      );
    });
  });
}
