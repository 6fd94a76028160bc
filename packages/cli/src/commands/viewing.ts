import { spawn } from "node:child_process";
import { createWriteStream, existsSync, renameSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Grant } from "@rushes/client";
import type { Command } from "commander";
import colors from "picocolors";
import { Ended } from "../exit.ts";
import { plain, size } from "../output/words.ts";
import { follow } from "./follow.ts";
import { type Desk, doing } from "./run.ts";
import { seconds } from "./words.ts";

/** Watching a film being made, and the film itself. */
export function viewing(rushes: Command): void {
  rushes
    .command("watch <video>")
    .description("follow a film until it is READY, FAILED or CANCELED")
    .action(doing(async (desk, id: string) => follow(desk, await desk.rushes(), id)));

  rushes
    .command("play <video>")
    .description("addresses that play it; whoever has them may watch")
    .option("--lifetime <time>", "how long they are good, such as 2:00:00", seconds)
    .option("--with <player>", "open it with a program, such as mpv, vlc or ffplay")
    .action(
      doing(async (desk, id: string, options: { lifetime?: number; with?: string }) => {
        const client = await desk.rushes();
        const lifetime =
          options.lifetime === undefined ? {} : { lifetimeSeconds: options.lifetime };
        const grant = await client.grant(id, lifetime);
        if (options.with) await opened(options.with, grant.signedHls);
        desk.terminal.answer(grant, () => addresses(grant));
        return undefined;
      }),
    );

  rushes
    .command("download <video>")
    .description("save the film as one file; goes on where it was interrupted")
    .option("-o, --output <file>", "where to; default: its title, here")
    .action(
      doing(async (desk, id: string, { output }: { output?: string }) => {
        const grant = await (await desk.rushes()).grant(id);
        const [best] = grant.downloads;
        if (!best)
          throw new Ended("missing", "It was made without a file to download: reprocess it.");
        const ending = best.mimeType.startsWith("audio/") ? "m4a" : "mp4";
        const file = output ?? `${named(grant.title)}.${ending}`;
        if (existsSync(file))
          throw new Ended("usage", `${file} is there already: name another with -o.`);
        await save(desk, best, file);
        desk.terminal.answer(
          { file, sizeBytes: best.sizeBytes },
          () => `${colors.green("✓")} ${file}`,
        );
        return undefined;
      }),
    );
}

function addresses(grant: Grant): string {
  const lines = [
    ["plays anywhere (HLS)", grant.signedHls],
    ...grant.downloads.slice(0, 1).map(({ url }) => ["one file", url]),
    ...(grant.poster ? [["poster", grant.poster]] : []),
  ];
  const shown = lines.map(
    ([name, url]) => `  ${colors.dim(name ?? "")}\n  ${colors.underline(url ?? "")}`,
  );
  return [`${colors.bold(plain(grant.title))}, until ${grant.expiresAt}`, ...shown].join("\n");
}

/** Hands the address to a player, and leaves it to itself. */
async function opened(player: string, address: string): Promise<void> {
  const child = spawn(player, [address], { stdio: "ignore", detached: true });
  await new Promise<void>((done, failed) => {
    child.once("spawn", done);
    child.once("error", () =>
      failed(new Ended("usage", `${player} does not start: name a player that is installed.`)),
    );
  });
  child.unref();
}

/** A file name that every file system takes. */
function named(title: string): string {
  const name = plain(title)
    .replaceAll(/[/\\:*?"<>|]/g, "-")
    .trim()
    .slice(0, 100);
  return name.replace(/^\.+/, "") || "film";
}

async function save(
  { terminal, signal }: Desk,
  { url, sizeBytes }: { url: string; sizeBytes: number },
  file: string,
): Promise<void> {
  const partial = `${file}.part`;
  let had = existsSync(partial) ? statSync(partial).size : 0;
  if (had > sizeBytes) had = 0;
  if (had < sizeBytes) {
    const answer = await fetch(url, { headers: { range: `bytes=${had}-` }, signal });
    if (!answer.ok || !answer.body) {
      throw new Ended("failed", `The edge answered ${answer.status}: try again.`);
    }
    if (answer.status !== 206) had = 0;
    let got = had;
    await pipeline(
      Readable.fromWeb(answer.body as import("node:stream/web").ReadableStream),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          got += chunk.length;
          terminal.set("downloading", got / sizeBytes, `${size(got)} of ${size(sizeBytes)}`);
          yield chunk;
        }
      },
      createWriteStream(partial, { flags: had > 0 ? "a" : "w" }),
    );
    if (got !== sizeBytes)
      throw new Ended("failed", "The connection ended early: say it again to go on.");
  }
  renameSync(partial, file);
  terminal.end();
}
