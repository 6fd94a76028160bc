import { once } from "node:events";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Endpoints } from "@rushes/local";
import colors from "picocolors";
import { type StoryEvent, videoIdIn } from "../operator/execution.ts";
import { connect, type Operator } from "../operator/operator.ts";
import { followProgress } from "../operator/progress.ts";
import { open } from "./laptop.ts";
import type { StartOptions } from "./options.ts";
import { openStory } from "./story.ts";

const SAMPLE = fileURLToPath(new URL("../../sample/sample.mp4", import.meta.url));

/** Runs the laptop until somebody ends it with Ctrl-C. */
export async function start(options: StartOptions): Promise<number> {
  const print = (line: string) => console.log(line);
  const laptop = await open(options, (line) => print(colors.dim(line)));
  const operator = connect({ ...laptop.endpoints });
  const story = openStory(print);
  const encoding = new Map<string, { stop(): void }>();

  laptop.onHistory((executionArn, event: StoryEvent) => {
    story(executionArn, event);
    if (event.stateExitedEventDetails) {
      encoding.get(executionArn)?.stop();
      encoding.delete(executionArn);
    }
    if (event.stateEnteredEventDetails?.name === "Encode") {
      const id = videoIdIn(event.stateEnteredEventDetails.input);
      const tell = (percent: number) => print(colors.dim(`         encoding ${percent} %`));
      encoding.set(
        executionArn,
        followProgress(operator, () => id, tell),
      );
    }
    if (event.type !== "ExecutionSucceeded") return;
    const videoId = videoIdIn(event.executionSucceededEventDetails?.output);
    if (videoId) announce(operator, videoId, print).catch((error) => print(String(error)));
  });

  const sinceLaunch = process.uptime().toFixed(1);
  print(summary(laptop.endpoints, laptop.endpointsFile, sinceLaunch));
  if (options.sample && !(await operator.newest())) {
    print("The library is empty, so here comes the sample film.");
    await operator.drop(SAMPLE, "sample.mp4", "Sample");
  }

  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  print("\nStopping. What is under way goes on at the next start.");
  operator.close();
  await laptop.close();
  return 0;
}

/** Tells that a film can be watched, with an address that plays it. */
async function announce(
  operator: Operator,
  videoId: string,
  print: (line: string) => void,
): Promise<void> {
  const film = await operator.film(videoId);
  if (film?.status !== "READY") return;
  const grant = await operator.grant(videoId);
  const [download] = grant.downloads;
  print(`${colors.green("READY")} ${colors.bold(String(film.title ?? videoId))}  ${videoId}`);
  if (download) {
    print(`  Watch it (signed, until ${grant.expiresAt}):\n  ${colors.underline(download.url)}`);
  }
}

function summary(places: Endpoints, file: string, seconds: string) {
  const { aws, cdn, api, users = [], resources, region } = places;
  const bucket = resources.SourceBucket;
  const shown = relative(process.cwd(), file) || file;
  const widest = Math.max(0, ...users.map(({ email }) => email.length));
  const people = users.map(
    ({ email, password, group }) =>
      `  ${group.padEnd(9)}  ${email.padEnd(widest)}  ${colors.bold(password)}`,
  );
  return `
${colors.bold("Rushes")} is ready on this machine (${seconds} s).

  API        ${api ?? "none"}
  CDN        ${cdn}
  AWS APIs   ${aws}   (keys in ${shown})
  Inbox      s3://${bucket}/inbox/

Who may sign in on this machine:
${people.join("\n")}

Try next, with AWS_DEFAULT_REGION=${region} and the keys of ${shown} in
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY:
  aws --endpoint-url ${aws} s3 cp film.mov s3://${bucket}/inbox/film.mov --metadata title=Holiday
  aws --endpoint-url ${aws} stepfunctions list-executions --state-machine-arn ${resources.StateMachineArn}
or as one of the people above:
  npx rushes login, npx rushes upload film.mov --watch
End it with Ctrl-C.
`;
}
