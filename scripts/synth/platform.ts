import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** The folder into which SST unpacks its components and their dependencies. */
export function platformOf(root: string): string {
  const folder = path.join(root, ".sst", "platform");
  return existsSync(folder) ? realpathSync(folder) : folder;
}

/** Unpacks SST's platform when it is missing or another version's. Needs npm's registry, and nothing of AWS. */
export function ensurePlatform(root: string): void {
  const { version } = readJson(path.join(root, "node_modules", "sst", "package.json"));
  if (unpackedVersion(root) === version) return;
  const sst = path.join(root, "node_modules", "sst", "bin", "sst.mjs");
  const { status, error } = spawnSync(process.execPath, [sst, "install", "--stage", "dev"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: {
      ...process.env,
      SST_SKIP_DEPENDENCY_CHECK: "1",
      NO_BUN: "1",
      SST_TELEMETRY_DISABLED: "1",
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`sst install ended with ${status}: its output is above`);
}

/** SST writes the lock of its providers last, so an install that was cut short has none. */
function unpackedVersion(root: string): string | undefined {
  const version = path.join(platformOf(root), "version");
  const finished = existsSync(path.join(root, ".sst", "provider-lock.json"));
  return finished && existsSync(version) ? readFileSync(version, "utf8").trim() : undefined;
}

function readJson(file: string): { version?: string } {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The modules that components load, and no second copy of them: mocks live in one instance. */
export function loadPlatform(platform: string): { pulumi: Pulumi; esbuild: Esbuild } {
  const require = createRequire(path.join(platform, "package.json"));
  return { pulumi: require("@pulumi/pulumi"), esbuild: require("esbuild") };
}

/** What the synth uses of `@pulumi/pulumi`. The package itself is only there once SST unpacked it. */
export interface Pulumi {
  output(value: unknown): { apply(run: (value: unknown) => unknown): unknown };
  runtime: {
    setMocks(
      mocks: {
        newResource(args: {
          type: string;
          name: string;
          inputs: Record<string, unknown>;
          id?: string;
        }): { id: string; state: Record<string, unknown> };
        call(args: { token: string; inputs: Record<string, unknown> }): Record<string, unknown>;
      },
      project: string,
      stack: string,
      preview: boolean,
      organization: string,
    ): Promise<void>;
    setAllConfig(config: Record<string, string>): Promise<void> | void;
    runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
    registerStackTransformation(
      transformation: (args: {
        type: string;
        name: string;
        opts: {
          parent?: { __name?: string; __pulumiType?: string };
          retainOnDelete?: boolean;
        };
      }) => undefined,
    ): void;
    waitForRPCs(): Promise<void>;
  };
}

export type Esbuild = typeof import("esbuild");
