import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "../kernel/refusal.ts";
import { type Built, build, fileOf, type Source, stop } from "./esbuild.ts";
import type { Bundle, FunctionDefinition } from "./function.ts";

/** Makes handlers into bundles as `sst deploy` does. */
export interface Bundler {
  /**
   * Bundles a handler into a folder named after what went into it. When none of that has changed
   * since the last time, nothing is built; what is asked for at once is built together.
   *
   * @throws Refusal `InvalidParameterValueException` with esbuild's words when it does not build
   */
  bundle(definition: FunctionDefinition): Promise<Bundle>;
  /** Ends esbuild's process, which a later build starts again. */
  rest(): Promise<void>;
}

/**
 * @param root the folder of all bundles
 * @param shared other laptops may have it too: nothing that one of them could be using is taken away
 */
export function openBundler(root: string, { shared = false } = {}): Bundler {
  if (!shared) forgetUnfinished(root);
  let asked: Asked[] = [];
  const making = new Set<Promise<void>>();

  const flush = () => {
    const groups = Map.groupBy(asked, groupOf);
    asked = [];
    for (const group of groups.values()) {
      const made = make({ root, shared }, group).finally(() => making.delete(made));
      making.add(made);
    }
  };

  return {
    async bundle(definition) {
      const entry = entryOf(definition.entry);
      const settings = definition.nodejs ?? {};
      const recipe = digest(JSON.stringify([RECIPE, settings, entry, lockOf(entry)]));
      const known = readNote(noteOf(root, definition.name));
      if (known?.recipe === recipe && isFresh(known)) return known.bundle;
      const source: Source = { name: definition.name, entry, settings };
      const { promise, resolve, reject } = Promise.withResolvers<Bundle>();
      asked.push({ source, recipe, known, resolve, reject });
      if (asked.length === 1) setImmediate(flush);
      return promise;
    },
    async rest() {
      await Promise.all(making);
      await stop();
    },
  };
}

interface Asked {
  source: Source;
  recipe: string;
  known: Note | undefined;
  resolve(bundle: Bundle): void;
  reject(error: unknown): void;
}

/** What is written beside the bundles, to know one again. */
interface Note {
  recipe: string;
  inputs: Seen[];
  bundle: Bundle;
}

/** A build that a kill cut off leaves its folder behind; its name begins with a dot. */
function forgetUnfinished(root: string): void {
  if (!existsSync(root)) return;
  for (const name of readdirSync(root).filter((one) => one.startsWith("."))) {
    rmSync(join(root, name), { recursive: true, force: true });
  }
}

interface Seen {
  path: string;
  sizeBytes: number;
  changedAtMs: number;
  sha256: string;
}

// Chunks of a split bundle must not be shared with another function.
function groupOf({ source }: Asked): string {
  return JSON.stringify([source.settings, source.settings.splitting ? source.name : ""]);
}

/** Where bundles go, and whether to this laptop alone. */
interface Place {
  root: string;
  shared: boolean;
}

async function make(place: Place, group: Asked[]): Promise<void> {
  const building = join(place.root, `.${randomUUID()}`);
  try {
    const built = await build(
      group.map((one) => one.source),
      building,
    );
    const looked = new Map<string, Seen>();
    for (const one of group) {
      const made = built.get(one.source);
      if (made) one.resolve(keep(place, building, one, made, looked));
    }
  } catch (error) {
    // One that does not build must not keep the others from it.
    if (group.length > 1) await Promise.all(group.map((one) => make(place, [one])));
    else group[0]?.reject(error);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

function keep(
  { root, shared }: Place,
  building: string,
  { source, recipe, known }: Asked,
  built: Built,
  looked: Map<string, Seen>,
): Bundle {
  const inputs = built.inputs.sort().map((path) => {
    const seen = looked.get(path) ?? look(path);
    looked.set(path, seen);
    return seen;
  });
  const id = digest(recipe + inputs.map((input) => input.sha256).join()).slice(0, 16);
  const folder = join(root, source.name, id);
  mkdirSync(dirname(folder), { recursive: true });
  const made = join(building, source.name);
  const modules = built.needsModules && findUp(dirname(source.entry), "node_modules");
  if (modules) symlinkSync(modules, join(made, "node_modules"), "junction");
  if (!shared) rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(made, folder);
  } catch (error) {
    // what another laptop has put there under this id was made of the same
    if (!shared || !existsSync(folder)) throw error;
  }
  const file = join(folder, fileOf(source.entry, source.settings));
  const code = readFileSync(file);
  const bundle = {
    folder,
    file,
    sha256: createHash("sha256").update(code).digest("base64"),
    sizeBytes: code.length,
  };
  const note: Note = { recipe, inputs, bundle };
  const path = noteOf(root, source.name);
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(note));
  renameSync(draft, path);
  if (!shared && known && known.bundle.folder !== folder) {
    rmSync(known.bundle.folder, { recursive: true, force: true });
  }
  return bundle;
}

function noteOf(root: string, name: string): string {
  return join(root, `${name}.json`);
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

function entryOf(path: string): string {
  const found = ["", ...EXTENSIONS].find((extension) => isFile(path + extension));
  // esbuild knows files by their real path, as does the note of what went in.
  if (found !== undefined) return realpathSync(path + found);
  throw new Refusal("InvalidParameterValueException", `Handler not found: ${path}`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
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

/** Changes when bundles are made differently, so that older ones are made again. */
const RECIPE = 2;

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
