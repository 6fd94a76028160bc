import { existsSync, statSync } from "node:fs";
import { basename, parse } from "node:path";
import type { Laptop } from "@rushes/local";
import colors from "picocolors";
import { type StoryEvent, timings, transitions, videoIdIn } from "../operator/execution.ts";
import { countFor } from "../operator/invocations.ts";
import { connect, type FilmItem, type Operator } from "../operator/operator.ts";
import { followProgress } from "../operator/progress.ts";
import { open } from "../start/laptop.ts";
import { type StartOptions, Usage } from "../start/options.ts";
import { takenOf } from "../start/ports.ts";
import { openStory } from "../start/story.ts";
import { type Rendition, trespass, watch } from "./judge.ts";

/** What `--once` prints on standard output. */
export interface Report {
  videoId: string | undefined;
  status: string;
  problem?: { code: string; message: string };
  source: unknown;
  renditions: Rendition[];
  outputs: unknown;
  timingsMs: Record<string, number>;
  transitions: number;
  lambdaInvocations: { path: number; progress: number };
  warnings: unknown[];
}

/**
 * Takes one film through the whole trip and judges the result as a viewer and as a trespasser.
 *
 * @returns 0 when the film is READY and all is as it should be, else 1
 * @throws Usage when there is no such file
 */
export async function once(options: StartOptions & { once: string }): Promise<number> {
  const file = options.once;
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new Usage(`--once takes a film: there is no file ${file}.`);
  }
  const say = (line: string) => console.error(line);
  const port = options.portGiven || (await takenOf(options.port)).length === 0 ? options.port : 0;
  const laptop = await open({ ...options, port }, (line) => say(colors.dim(line)));
  const operator = connect(laptop.endpoints);
  try {
    const report = await take(file, laptop, operator, say);
    console.log(JSON.stringify(report, null, 2));
    return report.status === "READY" ? 0 : 1;
  } finally {
    operator.close();
    await laptop.close();
  }
}

async function take(
  file: string,
  laptop: Laptop,
  operator: Operator,
  say: (line: string) => void,
): Promise<Report> {
  const startedAtMs = Date.now();
  // A name of its own, so that the same file twice is two films and not a replacement.
  const name = `${startedAtMs}-${basename(file)}`;
  const ended = followed(laptop, `inbox/${name}`, say);
  await operator.drop(file, name, parse(file).name);
  const uploadedAtMs = Date.now();
  const executionArn = await within(START_MS, ended.execution, NOT_STARTED);
  const progress = followProgress(operator, ended.videoId, (percent) =>
    say(`encoding ${percent} %`),
  );
  await ended.end;
  progress.stop();

  const history = await operator.history(executionArn);
  const videoId = ended.videoId();
  const film = videoId ? await operator.film(videoId) : undefined;
  const published = film && part(film.published);
  const report: Report = {
    videoId,
    status: film?.status ?? "FAILED",
    source: film ? { ...part(film.source), ...part(film.found) } : null,
    renditions: [],
    outputs: outputs(published),
    timingsMs: { upload: uploadedAtMs - startedAtMs, ...timings(history) },
    transitions: transitions(history),
    lambdaInvocations: countFor(videoId, history, laptop.invocations(startedAtMs)),
    warnings: (film?.warnings as unknown[] | undefined) ?? [],
  };
  if (film?.problem) {
    const { code, message } = film.problem as { code: string; message: string };
    report.problem = { code, message };
    say(`${colors.red(report.status)} ${code}: ${message}`);
  }
  if (videoId && report.status === "READY") {
    await judge(videoId, operator, report, say);
  }
  report.timingsMs.all = Date.now() - startedAtMs;
  return report;
}

/** Fetches what a viewer would, then tries what nobody may; writes what it finds into the report. */
async function judge(
  videoId: string,
  operator: Operator,
  report: Report,
  say: (line: string) => void,
): Promise<void> {
  const [brief, grant] = [await operator.grant(videoId, 1), await operator.grant(videoId)];
  const seen = await watch(grant);
  report.renditions = seen.renditions;
  say(`fetched ${seen.addresses.length} files of ${seen.renditions.length} renditions`);
  while (Date.now() <= Date.parse(brief.expiresAt) + 1000) await nextTick();
  const open = await trespass(seen.addresses, grant, brief);
  say(`refused unsigned, tampered and expired: ${open.length ? "NO" : "yes"}`);
  const objections = [...seen.objections, ...open];
  if (!objections.length) return;
  report.status = "FAILED";
  report.problem = { code: "DeliveryWrong", message: objections.slice(0, 5).join("; ") };
}

/** Follows the one execution that the key starts. */
function followed(laptop: Laptop, key: string, say: (line: string) => void) {
  const story = openStory(say);
  const execution = Promise.withResolvers<string>();
  const end = Promise.withResolvers<void>();
  let ours: string | undefined;
  let videoId: string | undefined;
  laptop.onHistory((executionArn, event: StoryEvent) => {
    const input = event.executionStartedEventDetails?.input;
    if (!ours && input?.includes(JSON.stringify(key))) {
      ours = executionArn;
      execution.resolve(executionArn);
    }
    if (executionArn !== ours) return;
    story(executionArn, event);
    videoId ??=
      videoIdIn(event.stateExitedEventDetails?.output) ??
      videoIdIn(event.taskSucceededEventDetails?.output) ??
      videoIdIn(event.taskScheduledEventDetails?.parameters);
    if (/^Execution(Succeeded|Failed|TimedOut|Aborted)$/.test(event.type ?? "")) end.resolve();
  });
  return { execution: execution.promise, end: end.promise, videoId: () => videoId };
}

/** An event takes moments here; a minute without an execution means that none will come. */
const START_MS = 60_000;
const NOT_STARTED =
  "The film was stored, but no execution started within a minute. " +
  "The queue Undelivered holds events that could not be delivered, with the reason.";

/** @throws Error with `sentence` when the fact does not come in time */
async function within<T>(ms: number, fact: Promise<T>, sentence: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(sentence)), ms);
  try {
    return await Promise.race([fact, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Where everything lies that was published; the renditions are told as they were delivered. */
function outputs(published: FilmItem | undefined): FilmItem | null {
  if (!published?.prefix) return null;
  const { renditions: _, ...rest } = published;
  return rest;
}

const part = (value: unknown): FilmItem =>
  value && typeof value === "object" ? (value as FilmItem) : {};

const nextTick = (): Promise<void> => new Promise((done) => setTimeout(done, 50));
