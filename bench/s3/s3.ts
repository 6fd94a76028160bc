import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { inFolder } from "../folder.ts";
import { table } from "../table.ts";
import { type Client, connect } from "./client.ts";
import { launch, type Memory } from "./served.ts";
import { makeBucket, type Work, works } from "./work.ts";

/**
 * The laptop's S3 beside the least a store can be, in turns, so that a busy machine slows both.
 *
 * @param words size of the film in MiB, and how many rounds; the best of the rounds counts
 */
export async function s3([mib = "256", times = "3"]: string[]): Promise<void> {
  const sizeBytes = Number(mib) * 1024 * 1024;
  const rounds = Number(times);
  if (!(Number.isInteger(sizeBytes) && Number(mib) >= 2 && Number.isInteger(rounds) && rounds > 0))
    throw new Error("npm run bench -- s3 [MIB, at least 2] [ROUNDS]");
  await inFolder(async (folder) => {
    const rows = [["", "", "bare", "laptop", "ratio"]];
    const sides = await Promise.all(
      (["bare", "laptop"] as const).map((name) => side(name, folder)),
    );
    try {
      for (const work of works(sizeBytes)) {
        const [bare = 0, laptop = 0] = await inTurns(work, sides, rounds);
        rows.push([
          work.name,
          work.unit,
          bare.toFixed(0),
          laptop.toFixed(0),
          (laptop / bare).toFixed(2),
        ]);
      }
      const memory = await Promise.all(sides.map(({ served }) => served.memory()));
      rows.push(memoryRow("memory, idle", memory, "idleBytes"));
      rows.push(memoryRow("memory, peak", memory, "peakBytes"));
    } finally {
      for (const { client, served } of sides) {
        client.close();
        await served.close();
      }
    }
    console.log(table(rows));
    console.log(`\n${mib} MiB, best of ${rounds}; bare: MD5, CRC32 and a file, nothing else`);
  });
}

async function side(name: "bare" | "laptop", folder: string) {
  const own = join(folder, name);
  await mkdir(own);
  const served = await launch(name, own);
  const client = connect(served);
  if (name === "laptop") await makeBucket(client);
  return { served, client };
}

/** The best speed of each side, in units a second (a MB is a million bytes). */
async function inTurns(
  work: Work,
  sides: ReadonlyArray<{ client: Client }>,
  rounds: number,
): Promise<number[]> {
  const best = sides.map(() => 0);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { client }] of sides.entries()) {
      const startedAtMs = performance.now();
      const done = await work.run(client, round);
      const seconds = (performance.now() - startedAtMs) / 1000;
      const speed = done / seconds / (work.unit === "MB/s" ? 1_000_000 : 1);
      best[index] = Math.max(best[index] ?? 0, speed);
    }
  }
  return best;
}

function memoryRow(name: string, sides: Memory[], which: keyof Memory): string[] {
  const [bare = 0, laptop = 0] = sides.map((memory) => memory[which] / 1_000_000);
  return [name, "MB", bare.toFixed(0), laptop.toFixed(0), (laptop / bare).toFixed(2)];
}
