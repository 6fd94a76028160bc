import { rmSync } from "node:fs";
import path from "node:path";
import { compileRun, evaluateApp } from "./compile.ts";
import type { Place } from "./computed.ts";
import { type Graph, graphOf } from "./graph.ts";
import { type Host, startHost } from "./host.ts";
import { installMocks, noteOptions, type Registered } from "./mocks.ts";
import { ensurePlatform, loadPlatform, type Pulumi, platformOf } from "./platform.ts";

export interface SynthOptions {
  stage: string;
  /** the graph that `sst dev` would deploy, stubs and long timeouts included */
  dev?: boolean;
  /** the folder of sst.config.ts; this repository when absent */
  root?: string;
}

export interface Synthesized {
  graph: Graph;
  /** every registration, components and links included */
  registered: Registered[];
}

/**
 * Evaluates sst.config.ts with SST's real components, with mocks in the place of Pulumi's engine.
 * Needs no AWS account and no network once SST's platform is unpacked. One at a time: the engine
 * is a global of its module.
 *
 * @throws what stands in the way: a missing handler or secret, an unbound `${Name}`, a duplicate name
 */
export async function synth({
  stage,
  dev = false,
  root = ROOT,
}: SynthOptions): Promise<Synthesized> {
  ensurePlatform(root);
  const platform = platformOf(root);
  const { pulumi, esbuild } = loadPlatform(platform);
  const workFolder = path.join(root, ".sst", `synth.${process.pid}`);
  const shop = { root, platform, workFolder, esbuild };
  const place: Place = { accountId: accountOf(stage), region: "us-east-1", partition: "aws" };

  const app = await evaluateApp(shop, stage);
  const host = await startHost(root, workFolder);
  const before = { cwd: process.cwd(), env: { ...process.env } };
  // what a person has set for their own stage must not find its way into the graph
  for (const name of Object.keys(process.env)) if (/^SST_/.test(name)) delete process.env[name];
  process.env.SST_SERVER = host.url;
  process.env.SST_AWS_REGION = place.region;
  try {
    const registered = await installMocks(pulumi, app.name, stage, place);
    const start = await compileRun(shop, app, dev, (secret) => {
      process.env[`SST_SECRET_${secret}`] = `\${Secret.${secret}}`;
    });
    const outputs = await settled(pulumi, start, registered);
    const graph = graphOf({ app, ...place, registered, built: host.built, outputs });
    return { graph, registered };
  } finally {
    restore(before, host);
    rmSync(workFolder, { recursive: true, force: true });
  }
}

/** The laptop's account for every stage but the one that has an account of its own. */
function accountOf(stage: string): string {
  return stage === "production" ? "111122223333" : "000000000000";
}

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Runs the program until it registers nothing more. */
async function settled(
  pulumi: Pulumi,
  start: (last: () => void) => Promise<unknown>,
  registered: Registered[],
): Promise<Record<string, unknown>> {
  return orFail(async (guard) => {
    let notes: ReturnType<typeof noteOptions> = new Map();
    const told = await guard(
      pulumi.runtime.runInPulumiStack(() => start(() => (notes = noteOptions(pulumi)))),
    );
    for (let size = -1, quietTurns = 0; quietTurns < 5; size = registered.length) {
      await guard(new Promise((done) => setTimeout(done, 20)));
      quietTurns = registered.length === size ? quietTurns + 1 : 0;
    }
    await guard(pulumi.runtime.waitForRPCs());
    for (const one of registered) Object.assign(one, notes.get(`${one.type} ${one.name}`));
    return guard(
      new Promise<Record<string, unknown>>((done) => {
        pulumi.output(told).apply((value) => done(value as Record<string, unknown>));
      }),
    );
  });
}

/** A throw within `apply` shows only as an unhandled rejection; unheard, the synth would wait for ever. */
async function orFail<T>(work: (guard: <U>(promise: Promise<U>) => Promise<U>) => Promise<T>) {
  const { promise: failure, reject } = Promise.withResolvers<never>();
  failure.catch(() => undefined);
  const limit = setTimeout(
    () => reject(new Error(`The stacks did not settle within ${SETTLE_LIMIT_MS} ms`)),
    SETTLE_LIMIT_MS,
  );
  process.on("unhandledRejection", reject).on("uncaughtException", reject);
  try {
    return await work((promise) => Promise.race([promise, failure]));
  } catch (error) {
    // the rest of the failed run fails too, and nobody needs to hear it
    await new Promise((done) => setTimeout(done, 500));
    throw error;
  } finally {
    clearTimeout(limit);
    process.off("unhandledRejection", reject).off("uncaughtException", reject);
  }
}

const SETTLE_LIMIT_MS = 60_000;

function restore({ cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }, host: Host): void {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  host.close();
}
