import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { BuildOptions, Loader, Metafile } from "esbuild";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import type { Bundle, FunctionDefinition, NodejsSettings } from "./function.ts";

/**
 * Bundles a handler as `sst deploy` does, into a folder named after what went into it. When none
 * of that has changed since the last time, nothing is built.
 *
 * @param root the folder of all bundles
 * @throws Refusal `InvalidParameterValueException` with esbuild's words when it does not build
 */
export async function bundle(root: string, definition: FunctionDefinition): Promise<Bundle> {
  const entry = entryOf(definition.entry);
  const settings = definition.nodejs ?? {};
  const recipe = digest(JSON.stringify([RECIPE, settings, entry, lockOf(entry)]));
  const note = join(root, `${definition.name}.json`);
  const known = readNote(note);
  if (known?.recipe === recipe && isFresh(known)) return known.bundle;

  const building = join(root, `.${definition.name}.${randomUUID()}`);
  try {
    const { file, metafile } = await build(definition.name, entry, settings, building);
    const inputs = Object.keys(metafile.inputs)
      .filter((path) => !path.startsWith("<"))
      .map((path) => look(resolve(path)))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
    const id = digest(recipe + inputs.map((input) => input.sha256).join()).slice(0, 16);
    const folder = join(root, definition.name, id);
    mkdirSync(dirname(folder), { recursive: true });
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    renameSync(building, folder);
    const code = readFileSync(join(folder, file));
    const made = {
      folder,
      file: join(folder, file),
      sha256: createHash("sha256").update(code).digest("base64"),
      sizeBytes: code.length,
    };
    const text: Note = { recipe, inputs, bundle: made };
    writeFileSync(`${note}.new`, JSON.stringify(text));
    renameSync(`${note}.new`, note);
    if (known && known.bundle.folder !== folder) {
      rmSync(known.bundle.folder, { recursive: true, force: true });
    }
    return made;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

interface Note {
  recipe: string;
  inputs: Seen[];
  bundle: Bundle;
}

interface Seen {
  path: string;
  sizeBytes: number;
  changedAtMs: number;
  sha256: string;
}

async function build(name: string, entry: string, settings: NodejsSettings, folder: string) {
  const { build: esbuild } = await import("esbuild");
  const options = optionsOf(name, entry, settings, folder);
  const result = await esbuild(options).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      "InvalidParameterValueException",
      `${name} (${entry}) does not build: ${said}`,
      { cause: error },
    );
  });
  const metafile = result.metafile as Metafile;
  const leftOut = Object.values(metafile.outputs)
    .flatMap((output) => output.imports)
    .some((imported) => imported.external && !isBuiltin(imported.path));
  const modules = findUp(dirname(entry), "node_modules");
  if (leftOut && modules) symlinkSync(modules, join(folder, "node_modules"), "junction");
  return { file: fileOf(entry, settings), metafile };
}

/** esbuild's options as SST 4.17.1 sets them. Source: SST, pkg/runtime/node/build.go. */
function optionsOf(
  name: string,
  entry: string,
  settings: NodejsSettings,
  folder: string,
): BuildOptions & { metafile: true } {
  const own = settings.esbuild ?? {};
  for (const option of Object.keys(own)) {
    if (!OVERRIDES.has(option)) {
      throw new NotPretended({ service: "lambda", action: `nodejs.esbuild.${option} of ${name}` });
    }
  }
  const overrides = own as Partial<BuildOptions>;
  const isCommon = settings.format === "cjs";
  const isSplit = settings.splitting === true;
  const install = Array.isArray(settings.install)
    ? settings.install
    : Object.keys(settings.install ?? {});
  const target = join(folder, fileOf(entry, settings));
  return {
    platform: "node",
    keepNames: true,
    bundle: true,
    format: isCommon ? "cjs" : "esm",
    target: "esnext",
    mainFields: isCommon ? ["main"] : ["module", "main"],
    minify: settings.minify ?? true,
    ...overrides,
    entryPoints: isSplit ? [{ in: entry, out: basename(target, ".mjs") }] : [entry],
    ...(isSplit
      ? { splitting: true, outdir: folder, outExtension: { ".js": ".mjs" } }
      : { outfile: target }),
    external: [...ALWAYS_EXTERNAL, ...install, ...(overrides.external ?? [])],
    loader: { ...overrides.loader, ...(settings.loader as Record<string, Loader> | undefined) },
    sourcemap: settings.sourcemap ? "linked" : false,
    banner: { js: isCommon ? (settings.banner ?? "") : `${BANNER}\n${settings.banner ?? ""}` },
    metafile: true,
    logLevel: "silent",
  };
}

// Lambda's handler has one dot, between file and export, so the file's own dots go.
function fileOf(entry: string, settings: NodejsSettings): string {
  const stem = basename(entry, extname(entry)).replaceAll(".", "-");
  return `${stem}${settings.format === "cjs" ? ".cjs" : ".mjs"}`;
}

function entryOf(path: string): string {
  const found = ["", ...EXTENSIONS].find((extension) => isFile(path + extension));
  if (found !== undefined) return path + found;
  throw new Refusal("InvalidParameterValueException", `Handler not found: ${path}`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readNote(path: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Note;
  } catch {
    return undefined; // none yet, or half written by a process that was killed
  }
}

function isFresh(note: Note): boolean {
  if (!existsSync(note.bundle.file)) return false;
  return note.inputs.every((input) => {
    const now = statSync(input.path, { throwIfNoEntry: false });
    if (!now) return false;
    if (now.size === input.sizeBytes && now.mtimeMs === input.changedAtMs) return true;
    return digest(readFileSync(input.path)) === input.sha256;
  });
}

function look(path: string): Seen {
  const { size, mtimeMs } = statSync(path);
  return { path, sizeBytes: size, changedAtMs: mtimeMs, sha256: digest(readFileSync(path)) };
}

// Another version of a dependency may resolve to other files, which no input's content can tell.
function lockOf(entry: string): string {
  const lock = findUp(dirname(entry), "package-lock.json");
  return lock ? digest(readFileSync(lock)) : "";
}

function findUp(from: string, name: string): string | undefined {
  const here = join(from, name);
  if (existsSync(here)) return here;
  return dirname(from) === from ? undefined : findUp(dirname(from), name);
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Changes when this file bundles differently, so that older bundles are made again. */
const RECIPE = 1;

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

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
