import { isBuiltin } from "node:module";
import { basename, extname, join, relative, resolve } from "node:path";
import type { BuildOptions, Loader, Metafile } from "esbuild";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { NodejsSettings } from "./function.ts";

/** A handler to be built. */
export interface Source {
  /** the function's name */
  name: string;
  /** absolute path of the file */
  entry: string;
  settings: NodejsSettings;
}

export interface Built {
  /** Absolute paths of every file the build looked at. */
  inputs: string[];
  /** Whether something is imported that the bundle does not hold. */
  needsModules: boolean;
}

/**
 * Builds handlers that share their settings, each into the folder of its name. What they have in
 * common, mostly the SDK, is read once.
 *
 * @throws Refusal `InvalidParameterValueException` with esbuild's words
 */
export async function build(sources: Source[], folder: string): Promise<Map<Source, Built>> {
  isLoaded = true;
  const { build: esbuild } = await import("esbuild");
  const [{ settings }] = sources as [Source];
  const options: BuildOptions & { metafile: true } = {
    ...optionsOf(settings),
    entryPoints: sources.map((source) => ({
      in: source.entry,
      out: `${source.name}/${stemOf(source.entry)}`,
    })),
    outdir: folder,
    metafile: true,
  };
  const { metafile } = await esbuild(options).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    const names = sources.map((source) => source.name).join(", ");
    throw new Refusal("InvalidParameterValueException", `${names}: does not build: ${said}`, {
      cause: error,
    });
  });
  return new Map(sources.map((source) => [source, builtOf(source, metafile, folder)]));
}

/** Ends esbuild's process, if there is one. */
export async function stop(): Promise<void> {
  if (!isLoaded) return;
  isLoaded = false;
  await (await import("esbuild")).stop();
}

let isLoaded = false;

/** The name of the bundle in the folder of its function. */
export function fileOf(entry: string, settings: NodejsSettings): string {
  return `${stemOf(entry)}${extensionOf(settings)}`;
}

function builtOf(source: Source, metafile: Metafile, folder: string): Built {
  const inputs = new Set<string>();
  const visit = (path: string) => {
    if (inputs.has(path) || !metafile.inputs[path]) return;
    inputs.add(path);
    for (const imported of metafile.inputs[path].imports) visit(imported.path);
  };
  visit(relative(process.cwd(), source.entry).replaceAll("\\", "/"));
  if (inputs.size === 0) throw new Error(`esbuild does not name ${source.entry} among its inputs`);
  const output = join(folder, source.name, fileOf(source.entry, source.settings));
  const made = metafile.outputs[relative(process.cwd(), output).replaceAll("\\", "/")];
  const left = (made?.imports ?? []).filter((imported) => imported.external);
  return {
    inputs: [...inputs].filter((path) => !path.startsWith("<")).map((path) => resolve(path)),
    needsModules: left.some((imported) => !isNodes(imported.path)),
  };
}

/** esbuild's options as SST 4.17.1 sets them. Source: SST, pkg/runtime/node/build.go. */
export function optionsOf(settings: NodejsSettings): BuildOptions {
  const own = settings.esbuild ?? {};
  for (const option of Object.keys(own)) {
    if (OVERRIDES.has(option)) continue;
    throw new NotPretended({ service: "lambda", action: `nodejs.esbuild.${option}` });
  }
  const overrides = own as BuildOptions;
  const isCommon = settings.format === "cjs";
  const install = Array.isArray(settings.install)
    ? settings.install
    : Object.keys(settings.install ?? {});
  return {
    platform: "node",
    keepNames: true,
    bundle: true,
    format: isCommon ? "cjs" : "esm",
    target: "esnext",
    mainFields: isCommon ? ["main"] : ["module", "main"],
    minify: settings.minify ?? true,
    splitting: settings.splitting ?? false,
    ...overrides,
    outExtension: { ".js": extensionOf(settings) },
    external: [...ALWAYS_EXTERNAL, ...install, ...(overrides.external ?? [])],
    loader: { ...overrides.loader, ...(settings.loader as Record<string, Loader> | undefined) },
    sourcemap: settings.sourcemap ? "linked" : false,
    banner: { js: isCommon ? (settings.banner ?? "") : `${BANNER}\n${settings.banner ?? ""}` },
    logLevel: "silent",
  };
}

// Lambda's handler has one dot, between file and export, so the file's own dots go.
function stemOf(entry: string): string {
  return basename(entry, extname(entry)).replaceAll(".", "-");
}

function extensionOf(settings: NodejsSettings): string {
  return settings.format === "cjs" ? ".cjs" : ".mjs";
}

const isNodes = (path: string): boolean => path.startsWith("node:") || isBuiltin(path);

const ALWAYS_EXTERNAL = ["sharp", "pg-native"];

const OVERRIDES = new Set([
  "alias",
  "conditions",
  "define",
  "drop",
  "external",
  "keepNames",
  "legalComments",
  "loader",
  "mainFields",
  "minify",
  "target",
  "treeShaking",
]);

const BANNER = [
  "import { createRequire as topLevelCreateRequire } from 'module';",
  "const require = topLevelCreateRequire(import.meta.url);",
  'import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"',
  "const __filename = topLevelFileUrlToPath(import.meta.url)",
  'const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))',
].join("\n");
