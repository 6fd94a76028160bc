import colors from "picocolors";
import { type StoryEvent, videoIdIn } from "../operator/execution.ts";

/**
 * Turns histories into one line a state, for a person who watches.
 *
 * Tokens are in histories; nothing of an input or output is printed but the film's name.
 */
export function openStory(print: (line: string) => void) {
  const films = new Map<string, string>();
  const entered = new Map<string, number>();

  const line = (executionArn: string, atMs: number, mark: string, what: string) => {
    const time = new Date(atMs).toTimeString().slice(0, 8);
    print(`${colors.dim(time)} ${films.get(executionArn) ?? "?"} ${mark} ${what}`);
  };

  return (executionArn: string, event: StoryEvent): void => {
    const atMs = Number(event.timestamp ?? Date.now());
    const say = (mark: string, what: string) => line(executionArn, atMs, mark, what);
    const into = event.stateEnteredEventDetails?.name;
    const outOf = event.stateExitedEventDetails?.name;
    if (event.type === "ExecutionStarted") {
      const name = nameIn(event.executionStartedEventDetails?.input);
      films.set(executionArn, colors.bold(name ?? executionArn.split(":").at(-1) ?? ""));
    } else if (into) {
      entered.set(executionArn, atMs);
      say(colors.cyan("→"), into);
    } else if (outOf) {
      const seconds = ((atMs - (entered.get(executionArn) ?? atMs)) / 1000).toFixed(1);
      say(colors.green("✓"), `${outOf} ${colors.dim(`${seconds} s`)}`);
    } else if (event.type === "TaskFailed" || event.type === "TaskTimedOut") {
      say(colors.yellow("!"), event.taskFailedEventDetails?.error ?? "States.Timeout");
    } else if (event.type && ENDS.has(event.type)) {
      if (event.type !== "ExecutionSucceeded") say(colors.red("✕"), "the execution has ended");
      films.delete(executionArn);
      entered.delete(executionArn);
    }
  };
}

const ENDS = new Set([
  "ExecutionSucceeded",
  "ExecutionFailed",
  "ExecutionTimedOut",
  "ExecutionAborted",
]);

/** What started an execution: an object by its file name, an upload by its film, else the film. */
function nameIn(input: string | undefined): string | undefined {
  const key = input ? /"key"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(input)?.[1] : undefined;
  if (!key) return videoIdIn(input);
  const path = JSON.parse(key) as string;
  // every upload's object is called the same; the film is in its path
  const text =
    path.split("/").find((part) => part.startsWith("vid_")) ?? path.split("/").at(-1) ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a key must not steer the terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}
