import type { Rushes, Status, Video, VideoQuery } from "@rushes/client";
import type { Command } from "commander";
import { Option } from "commander";
import colors from "picocolors";
import { cut, table, width } from "../output/table.ts";
import { ago, counted, duration, plain, size, usd } from "../output/words.ts";
import { doing } from "./run.ts";
import { counting, gathered } from "./words.ts";

/** Looking at films, and changing what people call them. */
export function films(rushes: Command): void {
  rushes
    .command("list")
    .description("your films, newest first")
    .option("--all", "everybody's (admins)")
    .option("--shared", "those that others share with you")
    .option("--status <status>", "only films of this status, such as READY")
    .option("--tag <tag>", "only films with this tag")
    .option("--title <start>", "only titles that begin like this")
    .addOption(
      new Option("--limit <n>", "at most so many; default: a page of them").argParser(counting),
    )
    .action(
      doing(async (desk, options: Wanted) => {
        const client = await desk.rushes();
        const found = await newest(client, options);
        const none =
          found.items.length > 0 || desk.terminal.json ? "" : await missed(client, options);
        desk.terminal.answer(found, () => none || listed(found, desk.terminal.columns));
        return undefined;
      }),
    );

  rushes
    .command("show <video>")
    .description("one film: what it is, how far it is, what went wrong")
    .option("--timeline", "everything that happened to it")
    .action(
      doing(async (desk, id: string, { timeline }: { timeline?: boolean }) => {
        const client = await desk.rushes();
        const video = await client.videos.get(id);
        const items = timeline ? await gathered(client.videos.timeline(id)) : undefined;
        desk.terminal.answer(items ? { ...video, timeline: items } : video, () =>
          [shown(video), ...(items ? ["", happened(items)] : [])].join("\n"),
        );
        return undefined;
      }),
    );

  rushes
    .command("edit <video>")
    .description("change its title, description, tags, or who may watch it")
    .option("--title <title>")
    .option("--description <text>")
    .option("--tag <tag...>", "these tags instead of those it has")
    .addOption(new Option("--public", "anyone may watch it").conflicts("private"))
    .option("--private", "only you, those it is shared with, and admins")
    .option("--share <user...>", "share it with these users (ids, as whoami shows) and no others")
    .action(
      doing(async (desk, id: string, options: Edits) => {
        const { title, description, tag, share } = options;
        const visibility = options.public ? "public" : options.private ? "private" : undefined;
        const video = await (await desk.rushes()).videos.change(id, {
          ...(title === undefined ? {} : { title }),
          ...(description === undefined ? {} : { description }),
          ...(tag ? { tags: tag } : {}),
          ...(visibility ? { visibility } : {}),
          ...(share ? { sharedWith: share } : {}),
        });
        desk.terminal.answer(video, () => shown(video));
        return undefined;
      }),
    );
}

interface Edits {
  title?: string;
  description?: string;
  tag?: string[];
  public?: boolean;
  private?: boolean;
  share?: string[];
}

interface Wanted {
  all?: boolean;
  shared?: boolean;
  status?: Status;
  tag?: string;
  title?: string;
  limit?: number;
}

/** The newest films: as many as were asked for, else the API's own page. */
async function newest(client: Rushes, options: Wanted): Promise<Found> {
  const { all, shared, status, tag, title, limit } = options;
  const query: VideoQuery = {
    ...(all ? { owner: "all" } : {}),
    ...(shared ? { shared: "true" } : {}),
    ...(status ? { status } : {}),
    ...(tag ? { tag } : {}),
    ...(title ? { title } : {}),
  };
  if (limit === undefined) {
    const { items, nextCursor } = await client.videos.page(query);
    return { items, more: nextCursor !== undefined };
  }
  const items: Video[] = [];
  for await (const video of client.videos.list(query)) {
    if (items.length === limit) return { items, more: true };
    items.push(video);
  }
  return { items, more: false };
}

interface Found {
  items: Video[];
  /** there are older ones */
  more: boolean;
}

/** What to say of no films at all, to whom. */
async function missed(client: Rushes, { all, shared, ...options }: Wanted): Promise<string> {
  const { status, tag, title } = options;
  if (status ?? tag ?? title) return "No films like that.";
  if (shared) return "Nobody shares a film with you. Tell them your id: rushes whoami";
  const { groups } = await client.me();
  if (groups.includes("admin") && !all) {
    return "No films of yours. Everybody's: rushes list --all; bring one with: rushes upload FILE";
  }
  return groups.includes("admin") || groups.includes("editor")
    ? "No films. Bring one with: rushes upload FILE"
    : "No films of yours. What others share with you: rushes list --shared";
}

function listed({ items, more }: Found, columns = Number.POSITIVE_INFINITY): string {
  const now = Date.now();
  const rest = items.map((video) => [
    tinted(video),
    video.published ? duration(video.published.durationSeconds) : "",
    ago(video.createdAt, now).replace(/ ago$/, ""),
  ]);
  const rows = (title: number) =>
    table(
      ["ID", "TITLE", "STATUS", "LENGTH", "AGE"].map((name) => colors.dim(name)),
      items.map(({ id, title: said }, at) => [id, cut(plain(said), title), ...(rest[at] ?? [])]),
    );
  const over = Math.max(...rows(MOST_TITLE).split("\n").map(width)) - columns;
  const fitting = rows(Math.max(LEAST_TITLE, MOST_TITLE - Math.max(0, over)));
  const older = colors.dim("There are older ones: --limit says how many to list.");
  return more ? `${fitting}\n${older}` : fitting;
}

/** Columns that a title has in a list: what the others leave of a narrow screen. */
const MOST_TITLE = 40;
const LEAST_TITLE = 10;

/** The status, and how far a film is that is on its way. */
export function tinted({ status, phase, percent }: Video): string {
  if (status === "READY") return colors.green(status);
  if (status === "FAILED") return colors.red(status);
  if (status === "CANCELED") return colors.yellow(status);
  const named = phase.replaceAll("-", " ");
  return colors.cyan(percent > 0 ? `${named} ${percent} %` : named);
}

/** A film as a few lines. */
export function shown(video: Video): string {
  const { published, problem, cost } = video;
  const best = published?.renditions.find(({ kind }) => kind === "video");
  const lines: [string, string][] = [
    ["id", video.id],
    ["status", `${tinted(video)}${video.attempt > 1 ? `, attempt ${video.attempt}` : ""}`],
    ...(problem
      ? [
          [
            "problem",
            [
              `${problem.code}: ${plain(problem.message)}`,
              ...(problem.help === problem.message ? [] : [problem.help]),
            ].join(`\n${" ".repeat(13)}`),
          ] as [string, string],
        ]
      : []),
    ...(published
      ? ([
          ["length", duration(published.durationSeconds)],
          [
            "streams",
            `${counted(published.renditions.length, "rendition")}${best?.height ? ` up to ${best.width}x${best.height}` : ""}, ${size(published.sizeBytes)}`,
          ],
        ] as [string, string][])
      : []),
    ...(video.description ? [["about", plain(video.description)] as [string, string]] : []),
    ...(video.tags.length > 0
      ? [["tags", video.tags.map(plain).join(", ")] as [string, string]]
      : []),
    ["visible to", visible(video)],
    ...(cost ? [["cost", spent(cost)] as [string, string]] : []),
    ["came", `${video.createdAt}, last changed ${video.updatedAt}`],
  ];
  const body = lines.map(([name, value]) => `  ${colors.dim(name.padEnd(11))}${value}`).join("\n");
  return `${colors.bold(plain(video.title))}\n${body}`;
}

function visible({ visibility, sharedWith }: Video): string {
  if (visibility === "public") return "anyone";
  const others = sharedWith?.length ?? 0;
  return others > 0 ? `its owner and ${others} more` : "its owner";
}

function spent({ countedUsd, estimatedUsd, asOf }: NonNullable<Video["cost"]>): string {
  const billed = countedUsd === undefined ? "" : `${usd(countedUsd)} counted, `;
  return `${billed}${usd(estimatedUsd)} estimated (prices of ${asOf})`;
}

function happened(items: { at: string; what: string; attempt: number }[]): string {
  return items
    .map(
      ({ at, what, attempt }) =>
        `  ${colors.dim(at.padEnd(24))}  ${what}${attempt ? colors.dim(`  attempt ${attempt}`) : ""}`,
    )
    .join("\n");
}
