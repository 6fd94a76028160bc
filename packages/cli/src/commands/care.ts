import type { Rushes, Video } from "@rushes/client";
import type { Command } from "commander";
import colors from "picocolors";
import { Ended } from "../exit.ts";
import { tinted } from "./films.ts";
import { follow } from "./follow.ts";
import { chosenOptions, making } from "./making.ts";
import { type Desk, doing } from "./run.ts";

/** What one does to a film that is there. */
export function care(rushes: Command): void {
  on(rushes, "retry <video>", "try a film again that failed or was cancelled", (client, id) =>
    client.videos.retry(id),
  );
  on(rushes, "cancel <video>", "stop what is being made of it", (client, id) =>
    client.videos.cancel(id),
  );
  making(
    rushes
      .command("reprocess <video>")
      .description("make it again from its source, with another profile or other options"),
  )
    .option("--watch", "follow it to the end")
    .action(
      doing(
        async (
          desk,
          id: string,
          options: Parameters<typeof chosenOptions>[0] & { watch?: boolean },
        ) => {
          const client = await desk.rushes();
          return told(
            desk,
            client,
            await client.videos.reprocess(id, chosenOptions(options)),
            options,
          );
        },
      ),
    );
  rushes
    .command("delete <video...>")
    .description("delete films for good: source, streams, and everything known of them")
    .option("--yes", "do not ask; --json never does")
    .action(
      doing(async (desk, ids: string[], { yes }: { yes?: boolean }) => {
        const client = await desk.rushes();
        if (!yes && !desk.terminal.json) await agreed(ids.length);
        for (const id of ids) await client.videos.remove(id);
        desk.terminal.answer({ items: ids.map((id) => ({ id })) }, () =>
          ids.map((id) => `${colors.green("✓")} ${id} is being deleted`).join("\n"),
        );
        return undefined;
      }),
    );
}

function on(
  rushes: Command,
  words: string,
  about: string,
  act: (client: Rushes, id: string) => Promise<Video>,
): void {
  rushes
    .command(words)
    .description(about)
    .option("--watch", "follow it to the end")
    .action(
      doing(async (desk, id: string, options: { watch?: boolean }) => {
        const client = await desk.rushes();
        return told(desk, client, await act(client, id), options);
      }),
    );
}

async function told(desk: Desk, client: Rushes, video: Video, { watch }: { watch?: boolean }) {
  if (watch) return follow(desk, client, video.id, video.attempt);
  desk.terminal.answer(video, () => `${video.id}  ${tinted(video)}`);
  return undefined;
}

/** Deleting cannot be undone, so a person is asked; where nobody can be, the command must say so. */
async function agreed(films: number): Promise<void> {
  const { createInterface } = await import("node:readline/promises");
  if (!process.stdin.isTTY) throw new Ended("usage", "Nobody can be asked here: say --yes.");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const word = await lines.question(
    `Delete ${films === 1 ? "this film" : `${films} films`} for good? [y/N] `,
  );
  lines.close();
  if (!/^y(es)?$/i.test(word.trim())) throw new Ended("interrupted", "Nothing was deleted.");
}
