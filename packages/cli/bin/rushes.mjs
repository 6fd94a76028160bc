#!/usr/bin/env node
// Plain JavaScript on purpose: it finds the Node that can run the TypeScript beside it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
// what npm installed for this project; the system's Node may be older
const carried = fileURLToPath(new URL("../../../node_modules/.bin/node", import.meta.url));

const node = process.features.typescript || !existsSync(carried) ? process.execPath : carried;
const words = ["--disable-warning=ExperimentalWarning", main, ...process.argv.slice(2)];
const ran = spawnSync(node, words, { stdio: "inherit" });
process.exit(ran.status ?? 1);
