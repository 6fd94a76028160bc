import { execFile, spawn } from "node:child_process";
import { setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { bareEnv } from "./env.ts";

/** How a program ended. */
export interface Ended {
  /** 0 is not proof of anything: ffmpeg says so for a truncated source too */
  code: number;
  /** the last messages, at most {@link MESSAGE_CHARS} characters; untrusted text */
  messages: string;
  /** killed because it took longer than it may, or was stuck */
  timedOut: boolean;
}

export interface Progress {
  frame: number;
  outTimeMs: number;
}

/**
 * Runs one ffmpeg in a process group of its own, watched by a guard that dies with us.
 * `args` must ask for `-progress pipe:1`.
 */
export function encode(work: {
  program: string;
  args: readonly string[];
  /** the working directory, where nothing lies but the source */
  folder: string;
  timeoutMs: number;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [guard, work.program, ...work.args], {
      cwd: work.folder,
      detached: process.platform !== "win32",
      stdio: ["pipe", "pipe", "pipe"],
      env: { NODE_NO_WARNINGS: "1", ...bareEnv() },
      windowsHide: true,
    });
    let timedOut = false;
    const kill = () => {
      try {
        if (child.pid && process.platform !== "win32") process.kill(-child.pid, "SIGKILL");
        else child.stdin.destroy(); // the guard takes ffmpeg with it
      } catch {
        // the group has ended by itself
      }
    };
    const giveUp = () => {
      timedOut = true;
      kill();
    };
    const timer = setTimeout(giveUp, work.timeoutMs);
    let silence = setTimeout(giveUp, STALL_MS);
    const clear = () => {
      clearTimeout(timer);
      clearTimeout(silence);
    };
    const messages = lastOf(child.stderr);
    readProgress(child.stdout, (progress) => {
      clearTimeout(silence);
      silence = setTimeout(giveUp, STALL_MS);
      work.onProgress?.(progress);
    });
    child.stdin.on("error", () => undefined);
    child.on("spawn", () => yieldToOthers(child.pid));
    child.on("error", (error) => {
      clear();
      reject(error);
    });
    child.on("close", (code) => {
      clear();
      work.signal?.removeEventListener("abort", kill);
      resolve({ code: code ?? 128, messages: messages(), timedOut });
    });
    work.signal?.addEventListener("abort", kill, { once: true });
    if (work.signal?.aborted) kill();
  });
}

/**
 * Runs a short program to its end, and gives what it printed.
 *
 * @throws when it cannot be started
 */
export function ask(work: {
  program: string;
  args: readonly string[];
  folder: string;
  timeoutMs: number;
  signal?: AbortSignal;
}): Promise<Ended & { output: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: work.folder,
      env: bareEnv(),
      timeout: work.timeoutMs,
      killSignal: "SIGKILL" as const,
      maxBuffer: 64 * 1024 * 1024,
      windowsHide: true,
      ...(work.signal ? { signal: work.signal } : {}),
    };
    execFile(work.program, [...work.args], options, (error, output, messages) => {
      if (error && "syscall" in error) return reject(error); // it never started
      const code = error ? (typeof error.code === "number" ? error.code : 128) : 0;
      resolve({
        code,
        output,
        messages: messages.slice(-MESSAGE_CHARS),
        timedOut: error?.killed === true && !work.signal?.aborted,
      });
    });
  });
}

/** A command that can be pasted into a shell, for people who want to see for themselves. */
export function pasteable(program: string, args: readonly string[]): string {
  return [program, ...args]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}

function readProgress(stream: NodeJS.ReadableStream, heard: (progress: Progress) => void): void {
  let rest = "";
  let frame = 0;
  let outTimeMs = 0;
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [key, value] = line.split("=", 2);
      if (key === "frame") frame = Number(value) || frame;
      // `out_time_ms` is microseconds as well, in every build
      if (key === "out_time_us" || key === "out_time_ms") {
        outTimeMs = Math.max(0, Number(value) / 1000) || outTimeMs;
      }
      if (key === "progress") heard({ frame, outTimeMs });
    }
  });
}

function lastOf(stream: NodeJS.ReadableStream): () => string {
  let kept = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    kept = (kept + text).slice(-MESSAGE_CHARS);
  });
  return () => kept;
}

function yieldToOthers(pid: number | undefined): void {
  try {
    if (pid) setPriority(pid, NICE);
  } catch {
    // a courtesy, not a need
  }
}

/** ffmpeg tells twice a second how far it is; one that says nothing for long is stuck. */
const STALL_MS = 10 * 60 * 1000;
const MESSAGE_CHARS = 20_000;
/** The machine stays usable while it encodes. */
const NICE = 5;
const guard = fileURLToPath(new URL("./guard.ts", import.meta.url));
