import { accessSync, chmodSync, constants, existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/** The two programs, and where each was found. */
export interface Tools {
  ffmpeg: string;
  ffprobe: string;
  from: { ffmpeg: Origin; ffprobe: Origin };
}

export type Origin = "FFMPEG_PATH" | "FFPROBE_PATH" | "PATH" | "npm";

/** No usable ffmpeg or ffprobe; the message says what to do. */
export class ToolMissing extends Error {
  override name = "ToolMissing";
}

/**
 * Finds both programs: `FFMPEG_PATH` and `FFPROBE_PATH`, then `PATH`, then the builds npm carries.
 *
 * @throws ToolMissing when a variable is set and wrong (nothing else is tried then), or nothing is there
 */
export function findTools(env: NodeJS.ProcessEnv = process.env): Tools {
  const ffmpeg = find("ffmpeg", "FFMPEG_PATH", env);
  const ffprobe = find("ffprobe", "FFPROBE_PATH", env);
  return {
    ffmpeg: ffmpeg.path,
    ffprobe: ffprobe.path,
    from: { ffmpeg: ffmpeg.origin, ffprobe: ffprobe.origin },
  };
}

function find(
  name: "ffmpeg" | "ffprobe",
  variable: "FFMPEG_PATH" | "FFPROBE_PATH",
  env: NodeJS.ProcessEnv,
): { path: string; origin: Origin } {
  const told = env[variable];
  if (told) {
    if (runnable(told)) return { path: told, origin: variable };
    throw new ToolMissing(
      `${variable} is ${JSON.stringify(told)}, which is not a program that can be run. Correct it or unset it.`,
    );
  }
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name + suffix);
    if (folder && runnable(path)) return { path, origin: "PATH" };
  }
  const carried = fromNpm(name);
  if (carried) return { path: carried, origin: "npm" };
  throw new ToolMissing(
    `No ${name} found. Install it (apt-get install ffmpeg, brew install ffmpeg), set ${variable}, ` +
      "or run npm ci without --omit=optional.",
  );
}

/** The platform package carries the program; its install script would only set the mode, so we do. */
function fromNpm(name: "ffmpeg" | "ffprobe"): string | undefined {
  const carrier = `@${name}-installer`;
  try {
    const wrapper = dirname(require.resolve(`${carrier}/${name}/package.json`));
    const nearby = createRequire(join(wrapper, "package.json"));
    const platform = `${carrier}/${process.platform}-${process.arch}/package.json`;
    const path = join(dirname(nearby.resolve(platform)), name + suffix);
    if (!existsSync(path)) return undefined;
    if (!runnable(path)) chmodSync(path, 0o755);
    return path;
  } catch {
    return undefined; // no build for this platform, or optional packages were left out
  }
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const require = createRequire(import.meta.url);
const suffix = process.platform === "win32" ? ".exe" : "";
