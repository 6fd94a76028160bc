/**
 * For makers of code that want a compiler written in JavaScript: the client's, where ours is native.
 * `node --import ./older-typescript.ts MAKER`
 */
import { createRequire, registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const client = new URL("../../packages/client/package.json", import.meta.url);
const older = pathToFileURL(createRequire(client).resolve("typescript")).href;

registerHooks({
  resolve: (name, context, next) => next(name === "typescript" ? older : name, context),
});
