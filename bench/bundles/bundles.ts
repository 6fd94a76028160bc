import { join } from "node:path";
import { readGraph } from "../../packages/local/src/deploy/graph.ts";
import type { NodejsSettings } from "../../packages/local/src/lambda/function.ts";
import { root } from "../../scripts/run.ts";
import { inFolder } from "../folder.ts";
import { table } from "../table.ts";
import { bundleOf, clientsOf } from "./build.ts";
import { importMs } from "./import.ts";

/** What each Lambda weighs and how long it takes to load, beside its SDK clients alone. */
export async function bundles(): Promise<void> {
  const { functions } = readGraph(join(root, "stacks/graph/production.gen.json"));
  await inFolder(async (folder) => {
    const head = ["", "KB", "import ms", "clients KB", "import ms"];
    const rows = [[...head, "powertools KB", "libraries KB", "our KB"]];
    let largest = 0;
    for (const [name, { handler, nodejs }] of Object.entries(functions).sort()) {
      const entry = join(root, `${handler.replace(/\.\w+$/, "")}.ts`);
      const settings: NodejsSettings = nodejs ?? {};
      const whole = await bundleOf({ in: entry }, settings, join(folder, name));
      const clients = await bundleOf(
        { code: clientsOf(whole.ours) },
        settings,
        join(folder, `${name}Clients`),
      );
      rows.push([
        name,
        kb(whole.bytes.all),
        (await importMs(whole.file)).toFixed(0),
        kb(clients.bytes.all),
        (await importMs(clients.file)).toFixed(0),
        kb(whole.bytes.powertools),
        kb(whole.bytes.all - whole.bytes.sdk - whole.bytes.powertools - whole.bytes.ours),
        kb(whole.bytes.ours),
      ]);
      largest = Math.max(largest, whole.bytes.ours);
    }
    console.log(table(rows));
    console.log(`Our own part: ${kb(largest)} KB at most, of ${OURS_KB} KB that it may have.`);
    if (largest > OURS_KB * 1024) process.exitCode = 1;
  });
}

/** What we write must stay small beside what it cannot do without. */
const OURS_KB = 150;

function kb(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}
