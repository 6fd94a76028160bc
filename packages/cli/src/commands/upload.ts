import { existsSync, statSync } from "node:fs";
import { basename, parse } from "node:path";
import type { Rushes, SendOptions, Video } from "@rushes/client";
import { fileSource } from "@rushes/client/node";
import type { Command } from "commander";
import colors from "picocolors";
import { Ended } from "../exit.ts";
import { duration, size } from "../output/words.ts";
import { uploadRecords } from "../session/keep.ts";
import { shown, tinted } from "./films.ts";
import { ending, followed } from "./follow.ts";
import { chosenOptions, type Making, making } from "./making.ts";
import { type Desk, doing } from "./run.ts";
import { counting } from "./words.ts";

/** Bringing films in, from files or from the web. */
export function upload(rushes: Command): void {
  making(
    rushes
      .command("upload <file...>")
      .description("upload films (files, or https addresses); goes on where it was interrupted"),
  )
    .option("--title <title>", "for one film; default: the file's name")
    .option("--description <text>")
    .option("--tag <tag...>")
    .option("--public", "anyone may watch it")
    .option("--watch", "follow each to its end")
    .option("--parallel <n>", "parts on their way at once", counting)
    .action(
      doing(async (desk, files: string[], options: Bring) => {
        if (options.title && files.length > 1) {
          throw new Ended("usage", "--title is for one film: upload them one by one.");
        }
        for (const file of files) readable(file);
        const client = await desk.rushes();
        const items: Video[] = [];
        for (const file of files) {
          const video = await bring(desk, client, file, options);
          items.push(video);
          // people hear of each at once: the next one may be interrupted
          desk.terminal.tell(() =>
            options.watch ? shown(video) : `${video.id}  ${tinted(video)}`,
          );
        }
        desk.terminal.answer({ items }, () => "");
        return options.watch ? items.map(ending).find((exit) => exit !== undefined) : undefined;
      }),
    );

  making(
    rushes
      .command("replace <video> <file>")
      .description("give a film another source; the old stream plays until the new one is READY"),
  )
    .option("--watch", "follow it to the end")
    .option("--parallel <n>", "parts on their way at once", counting)
    .action(
      doing(async (desk, id: string, file: string, options: Bring) => {
        readable(file);
        const client = await desk.rushes();
        const video = await bring(desk, client, file, { ...options, replace: id });
        desk.terminal.end();
        desk.terminal.answer(video, () =>
          options.watch ? shown(video) : `${video.id}  ${tinted(video)}`,
        );
        return options.watch ? ending(video) : undefined;
      }),
    );
}

interface Bring extends Making {
  title?: string;
  description?: string;
  tag?: string[];
  public?: boolean;
  watch?: boolean;
  parallel?: number;
  /** the film whose source this becomes */
  replace?: string;
}

async function bring(desk: Desk, client: Rushes, file: string, options: Bring): Promise<Video> {
  const { terminal, signal } = desk;
  let begun = false;
  const said = {
    ...chosenOptions(options),
    ...(options.replace
      ? {}
      : {
          title: options.title ?? titleOf(file),
          ...(options.description ? { description: options.description } : {}),
          ...(options.tag ? { tags: options.tag } : {}),
          ...(options.public ? { visibility: "public" as const } : {}),
        }),
  };
  terminal.say(colors.bold(basename(file)));
  const before = options.replace ? (await client.videos.get(options.replace)).attempt : 0;
  const id = isAddress(file) ? await pull(client, file, said, options.replace) : await send();
  if (!options.watch) terminal.end();
  return options.watch ? followed(desk, client, id, before + 1) : client.videos.get(id);

  async function send(): Promise<string> {
    const source = await fileSource(file);
    const sending: SendOptions = {
      ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
      signal,
      records: uploadRecords(desk.place()),
      onBegun: () => {
        begun = true;
      },
      onProgress: ({ sentBytes, totalBytes, bytesPerSecond, etaSeconds }) => {
        const left = etaSeconds ? `, ${duration(etaSeconds)} left` : "";
        const speed = bytesPerSecond > 0 ? `, ${size(bytesPerSecond)}/s${left}` : "";
        const about =
          sentBytes < totalBytes
            ? `${size(sentBytes)} of ${size(totalBytes)}${speed}`
            : size(totalBytes);
        terminal.set("uploading", sentBytes / totalBytes, about);
      },
    };
    const uploading = options.replace
      ? client.replace(options.replace, source, { ...chosenOptions(options), ...sending })
      : client.upload(source, { ...said, ...sending });
    try {
      return (await uploading).id;
    } catch (error) {
      if (!signal.aborted || !begun) throw error;
      const again = options.replace ? `replace ${options.replace}` : "upload";
      throw new Ended(
        "interrupted",
        `Interrupted. Say rushes ${again} ${file} again: it goes on where it was.`,
      );
    }
  }
}

async function pull(
  client: Rushes,
  url: string,
  said: object,
  replace: string | undefined,
): Promise<string> {
  const { video } = replace
    ? await client.videos.replace(replace, { url, ...said })
    : await client.videos.open({ url, ...said });
  return video.id;
}

function isAddress(file: string): boolean {
  return /^https?:\/\//.test(file);
}

function titleOf(file: string): string {
  return parse(isAddress(file) ? decodeURIComponent(new URL(file).pathname) : file).name || file;
}

function readable(file: string): void {
  if (isAddress(file)) {
    if (URL.canParse(file)) return;
    throw new Ended("usage", `${file} is no address of a film.`);
  }
  if (!existsSync(file)) throw new Ended("usage", `There is no file ${file}.`);
  const found = statSync(file);
  if (found.isDirectory()) throw new Ended("usage", `${file} is a folder: name the films in it.`);
  if (!found.isFile()) throw new Ended("usage", `${file} is no file.`);
  if (found.size === 0) throw new Ended("usage", `${file} is empty: export or copy it again.`);
}
