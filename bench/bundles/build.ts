import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type Metafile } from "esbuild";
import { optionsOf } from "../../packages/local/src/lambda/esbuild.ts";
import type { NodejsSettings } from "../../packages/local/src/lambda/function.ts";
import { root } from "../../scripts/run.ts";

export interface Weighed {
  file: string;
  bytes: { all: number; sdk: number; powertools: number; ours: number };
  /** our own files that are in it */
  ours: string[];
}

/** Bundles a file, or a module given as text, as `sst deploy` would. */
export async function bundleOf(
  from: { in: string } | { code: string },
  settings: NodejsSettings,
  folder: string,
): Promise<Weighed> {
  const file = join(folder, "index.mjs");
  const { metafile } = await build({
    ...optionsOf(settings),
    ...("in" in from
      ? { entryPoints: [from.in] }
      : { stdin: { contents: from.code, resolveDir: join(root, "packages/core") } }),
    outfile: file,
    outExtension: {},
    sourcemap: false,
    metafile: true,
  });
  const made = Object.values(metafile.outputs)[0];
  if (!made) throw new Error(`esbuild made nothing for ${folder}`);
  const ours = Object.entries(made.inputs).filter(
    ([path, { bytesInOutput }]) => isOurs(path) && bytesInOutput > 0,
  );
  return {
    file,
    bytes: {
      all: made.bytes,
      sdk: weight(made, isSdk),
      powertools: weight(made, isPowertools),
      ours: weight(made, isOurs),
    },
    ours: ours.map(([path]) => resolve(path)),
  };
}

/** A module that holds the SDK's clients and commands which these files import, and nothing else. */
export function clientsOf(files: readonly string[]): string {
  const named = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(IMPORT)].map(([, names = "", from = ""]) => {
      const values = names.split(",").map((name) => name.trim());
      return { from, values: values.filter((name) => name && !name.startsWith("type ")) };
    }),
  );
  const packages = Map.groupBy(named, ({ from }) => from);
  return [...packages]
    .map(([from, found]) => {
      const values = new Set(found.flatMap((one) => one.values));
      return `export { ${[...values].join(", ")} } from ${JSON.stringify(from)};`;
    })
    .join("\n");
}

const IMPORT = /^import \{([^}]*)\} from "(@aws-sdk\/[^"]+)";/gm;

function weight(output: Metafile["outputs"][string], counts: (path: string) => boolean): number {
  return Object.entries(output.inputs).reduce(
    (sum, [path, { bytesInOutput }]) => sum + (counts(path) ? bytesInOutput : 0),
    0,
  );
}

const isOurs = (path: string): boolean =>
  /(^|\/)packages\/\w+\/src\//.test(path) && !path.includes("node_modules");
/** Logger and tracer, with X-Ray's own library behind it and what that one brings. */
const isPowertools = (path: string): boolean =>
  /node_modules\/(@aws-lambda-powertools|aws-xray-sdk-core|cls-hooked|semver|atomic-batcher|async-hook-jl|emitter-listener|shimmer|stack-chain|lodash\.)/.test(
    path,
  );
/** The clients and what they stand on. */
const isSdk = (path: string): boolean =>
  /node_modules\/@(aws-sdk|smithy|aws|aws-crypto)\//.test(path);
