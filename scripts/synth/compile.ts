import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import type { App } from "./graph.ts";
import type { Esbuild } from "./platform.ts";

/** Where things are, for the bundles. */
export interface Workshop {
  root: string;
  platform: string;
  /** for what SST packs on the way; nobody wants it afterwards */
  workFolder: string;
  esbuild: Esbuild;
}

/** Evaluates `app()` of sst.config.ts. */
export async function evaluateApp(shop: Workshop, stage: string): Promise<App> {
  const file = await compile(shop, {
    snippet: `${configImport(shop)} export default await config.app({ stage: ${JSON.stringify(stage)} });`,
    banner: "const $config = (config) => config;",
  });
  const answered: Omit<App, "stage"> = await imported(file, "default");
  return { ...answered, stage };
}

/**
 * Bundles `run()` of sst.config.ts with SST's components and globals.
 *
 * @param onSecret told the name of every secret, placeholder or not, before anything runs
 * @returns starts the program; `last` runs when SST has prepared the stack
 */
export async function compileRun(
  shop: Workshop,
  app: App,
  dev: boolean,
  onSecret: (name: string) => void,
): Promise<(last: () => void) => Promise<unknown>> {
  const source = (name: string) => JSON.stringify(path.join(shop.platform, "src", name));
  const providers = new Set([app.home ?? "aws", ...Object.keys(app.providers ?? {})]);
  const globals = [...providers].map((name) => `import * as ${name} from "@pulumi/${name}";`);
  const file = await compile(shop, {
    snippet: [
      configImport(shop),
      `import { run } from ${source("auto/run.ts")};`,
      "export const start = (last) => run(() => { last(); return config.run(); });",
    ].join("\n"),
    prelude: [...globals, `import * as sst from ${source("components")};`].join("\n"),
    inject: [path.join(shop.platform, "src/shim/run.js")],
    define: {
      $app: JSON.stringify({ removal: "retain", ...app }),
      $dev: String(dev),
      $cli: JSON.stringify({
        command: dev ? "dev" : "deploy",
        dev,
        state: { version: {} },
        paths: {
          root: shop.root,
          platform: shop.platform,
          work: shop.workFolder,
          home: shop.workFolder,
        },
      }),
    },
    onSecret,
  });
  return imported(file, "start");
}

interface Recipe {
  snippet: string;
  /** goes before every file of ours */
  prelude?: string;
  banner?: string;
  inject?: string[];
  define?: Record<string, string>;
  onSecret?: (name: string) => void;
}

/** The result lies in the platform's folder, so that bare imports are found there. */
async function compile(shop: Workshop, recipe: Recipe): Promise<string> {
  const outfile = path.join(shop.platform, `synth.${process.pid}.${process.hrtime.bigint()}.mjs`);
  await shop.esbuild.build({
    stdin: { contents: recipe.snippet, resolveDir: shop.root, loader: "ts" },
    bundle: true,
    outfile,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    sourcemap: "inline",
    logLevel: "silent",
    external: EXTERNAL,
    nodePaths: [path.join(shop.platform, "node_modules")],
    banner: { js: `${COMMONJS_NAMES}\n${recipe.banner ?? ""}` },
    inject: recipe.inject ?? [],
    define: recipe.define ?? {},
    plugins: [ourFiles(shop, recipe), namesWithoutDice(shop)],
  });
  return outfile;
}

async function imported<T>(file: string, name: string): Promise<T> {
  try {
    return (await import(pathToFileURL(file).href))[name];
  } finally {
    rmSync(file, { force: true });
  }
}

/** SST makes `sst`, `aws` and the like global by putting imports before every file of the app. */
function ourFiles({ platform }: Workshop, { prelude = "", onSecret }: Recipe): Plugin {
  const theirs = platform + path.sep;
  return {
    name: "our-files",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        if (file.startsWith(theirs)) return undefined;
        const text = readFileSync(file, "utf8");
        for (const [, secret] of text.matchAll(/new sst\.Secret\(\s*"(\w+)"/g)) {
          if (secret) onSecret?.(secret);
        }
        return { contents: `${prelude}\n${text}`, loader: "ts", resolveDir: path.dirname(file) };
      });
    },
  };
}

/** Physical names end in eight random letters. A graph that is compared has no use for them. */
function namesWithoutDice({ platform }: Workshop): Plugin {
  const naming = path.join(platform, "src", "components", "naming.ts");
  const dice = "return `${main}-${random}${suffix}`;";
  return {
    name: "names-without-dice",
    setup(build) {
      build.onLoad({ filter: /naming\.ts$/ }, ({ path: file }) => {
        if (file !== naming) return undefined;
        const text = readFileSync(file, "utf8");
        if (!text.includes(dice)) {
          throw new Error(`${file} makes names in another way now: compile.ts must follow`);
        }
        return { contents: text.replace(dice, "return `${main}${suffix}`;"), loader: "ts" };
      });
    },
  };
}

function configImport({ root }: Workshop): string {
  return `import config from ${JSON.stringify(path.join(root, "sst.config.ts"))};`;
}

/** Loaded, not bundled. `@pulumi/*` has to be: two copies of it would not share the mocks. */
const EXTERNAL = [
  "@pulumi/*",
  "@pulumiverse/*",
  "@sst-provider/*",
  "@aws-sdk/*",
  "archiver",
  "esbuild",
  "glob",
  "undici",
  "vite",
];

/** Names of CommonJS that some of the platform's files still expect within an ES module. */
const COMMONJS_NAMES = [
  'import * as synthModule from "node:module";',
  'import * as synthPath from "node:path";',
  'import * as synthUrl from "node:url";',
  "const __filename = synthUrl.fileURLToPath(import.meta.url);",
  "const __dirname = synthPath.dirname(__filename);",
  "const require = synthModule.createRequire(__filename);",
].join("\n");
