#!/usr/bin/env node
// Plain JavaScript on purpose: it finds the Node that can run the TypeScript beside it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
// what npm installed for this project; the system's Node may be older
const carried = at("../../../node_modules/.bin/node");

const node = process.features.typescript || !existsSync(carried) ? process.execPath : carried;
const words = [
  "--disable-warning=ExperimentalWarning",
  at("../src/main.ts"),
  ...process.argv.slice(2),
];
// what was compiled once is kept: a command answers in half the time
const env = { NODE_COMPILE_CACHE: at("../../../node_modules/.cache/rushes"), ...process.env };
const child = spawn(node, words, { stdio: "inherit", env });

// a terminal's Ctrl-C reaches both: the one that works says how it ends, and we wait for it
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
