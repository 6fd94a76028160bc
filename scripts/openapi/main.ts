/** Makes the API's description from its routes, and the client's types; with `--check` only compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { document } from "./document.ts";

const file = new URL("../../packages/client/openapi.gen.json", import.meta.url);
const made = `${JSON.stringify(document(), null, 2)}\n`;
if (process.argv.includes("--check")) {
  if (read() !== made) {
    console.error("packages/client/openapi.gen.json is not what the routes say: npm run openapi");
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, made);
}
await import("./types.ts"); // which follow from the description, and go by the same arguments

function read(): string {
  try {
    return readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  } catch {
    return "";
  }
}
