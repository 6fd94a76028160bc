import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { timings } from "@rushes/cli/execution";
import { connect, type Place } from "@rushes/cli/operator";
import { root } from "../../scripts/run.ts";
import { inFolder } from "../folder.ts";
import { table } from "../table.ts";

/** How long a newcomer waits: for the laptop, and for the sample film. */
export async function start(): Promise<void> {
  await inFolder(async (folder) => {
    const data = join(folder, "data");
    const first = await open(data);
    await first.close();
    const second = await open(data);
    try {
      const trip = await dropSample(data);
      const encoding = trip.states.encode ?? 0;
      console.log(
        table([
          ["", "seconds"],
          ["ready, new data folder", seconds(first.readyMs)],
          ["ready, second start", seconds(second.readyMs)],
          ["sample, from drop to READY", seconds(trip.ms)],
          ["  of which state Encode", seconds(encoding)],
          ["  of which all else", seconds(trip.ms - encoding)],
        ]),
      );
      console.log(`\nEncode is ${Math.round((100 * encoding) / trip.ms)} % of the trip`);
    } finally {
      await second.close();
    }
  });
}

/** Starts the laptop as a person does, in a process of its own, until it says that it is ready. */
async function open(data: string) {
  const startedAtMs = performance.now();
  const main = join(root, "packages/cli/src/main.ts");
  const words = ["start", "--data", data, "--port", "0", "--no-sample"];
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  await ready(child);
  return {
    readyMs: performance.now() - startedAtMs,
    async close() {
      const ended = once(child, "close");
      child.kill("SIGINT");
      await ended;
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said.includes("is ready on this machine")) resolve();
  });
  child.on("error", reject);
  child.on("close", (code) => reject(new Error(`the laptop ended with ${code}:\n${said}`)));
  return promise;
}

async function dropSample(data: string): Promise<{ ms: number; states: Record<string, number> }> {
  const place = JSON.parse(readFileSync(join(data, "endpoints.json"), "utf8")) as Place;
  const operator = connect(place);
  const { aws: endpoint, region, credentials } = place;
  const states = new SFNClient({ endpoint, region, credentials });
  try {
    const droppedAtMs = performance.now();
    await operator.drop(join(root, "packages/cli/sample/sample.mp4"), "sample.mp4", "Sample");
    const deadlineMs = droppedAtMs + 5 * 60_000;
    for (;;) {
      const film = await operator.newest();
      if (film?.status === "READY") break;
      if (film?.status === "FAILED")
        throw new Error(`the sample FAILED: ${JSON.stringify(film.problem)}`);
      if (performance.now() > deadlineMs)
        throw new Error("the sample is not READY after 5 minutes");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const ms = performance.now() - droppedAtMs;
    const stateMachineArn = place.resources.StateMachineArn;
    const { executions } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
    const history = await operator.history(executions?.[0]?.executionArn ?? "");
    return { ms, states: timings(history) };
  } finally {
    operator.close();
    states.destroy();
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
