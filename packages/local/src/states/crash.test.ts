import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { functions, tour, tourEndsWith } from "./crash.testing.ts";
import { type Bench, bench } from "./testing.ts";

/** Each strand's events follow each other without a gap, and each state is left as often as entered. */
async function isWhole(table: Bench, arn: string): Promise<void> {
  const described = await table.ended(arn);
  expect(JSON.parse(described.output ?? described.cause ?? "")).toEqual(tourEndsWith);
  const events = await table.history(arn);
  expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
  const counted = (end: string) => events.filter(({ type }) => type.endsWith(end)).length;
  expect(counted("StateEntered")).toBe(counted("StateExited"));
  expect(counted("ExecutionSucceeded")).toBe(1);
  expect(table.emitted.filter(({ detail }) => detail.status === "SUCCEEDED").length).toBeLessThan(
    2,
  );
}

it("an execution interrupted after any of its events ends as if nothing had been", async () => {
  const calm = await bench(functions);
  const undisturbed = calm.walk(tour);
  await calm.ended(undisturbed);
  const count = (await calm.history(undisturbed)).length;
  await calm.close();
  const points = Array.from({ length: count - 1 }, (_, index) => index + 1);
  await Promise.all(points.filter((at) => at % 2 === 0).map(interrupted));
});

async function interrupted(at: number): Promise<void> {
  let table = await bench(functions);
  const reached = new Promise<void>((resolve) => {
    table.states.service.onHistory((_arn, { id }) => void (id >= at && resolve()));
  });
  const arn = table.walk(tour);
  await reached;
  table = await table.restart();
  await isWhole(table, arn);
  await table.close();
}

it.concurrent.each(["MapIterationStarted", "ParallelStateStarted", "TaskFailed"])(
  "a process killed at %s loses nothing",
  async (point) => {
    const dataDir = mkdtempSync(join(tmpdir(), "rushes-states-"));
    const script = fileURLToPath(new URL("./crash.testing.ts", import.meta.url));
    const child = spawn(process.execPath, [script, dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const gone = new Promise((resolve) => child.once("exit", resolve));
    let arn = "";
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line) as { arn: string; type: string };
      arn = event.arn;
      if (event.type !== point) continue;
      child.kill("SIGKILL");
      break;
    }
    await gone;
    const table = await bench(functions, { dataDir });
    await isWhole(table, arn);
    await table.close();
  },
);
