import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

/** A function that SST asked its command line to bundle. */
export interface Built {
  functionID: string;
  handler: string;
  runtime: string;
  links: Record<string, unknown>;
  properties: Record<string, unknown>;
}

export interface Host {
  url: string;
  built: Built[];
  close(): void;
}

/** The command line that components talk to: JSON-RPC at SST_SERVER, four methods of it. */
export async function startHost(root: string, workFolder: string): Promise<Host> {
  const built: Built[] = [];
  const methods: Record<string, (args: Built) => unknown> = {
    "Provider.Aws.Bootstrap": () => ({
      asset: "sst-asset-synth",
      state: "sst-state-synth",
      assetEcrRegistryId: "synth",
      assetEcrUrl: "ecr.invalid",
      appsyncHttp: "",
      appsyncRealtime: "",
    }),
    "Provider.Aws.Appsync": () => ({ http: "appsync.invalid", realtime: "appsync.invalid" }),
    "Runtime.AddTarget": () => ({}),
    "Runtime.Build": (args) => {
      built.push(args);
      return build(root, workFolder, args);
    },
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, params } = JSON.parse(Buffer.concat(chunks).toString());
    const run = methods[method];
    response.end(
      JSON.stringify(run ? { result: run(params[0]) } : { error: `rpc: can't find ${method}` }),
    );
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    built,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Nothing is bundled: the graph names the handler, and whoever deploys it bundles. */
function build(root: string, workFolder: string, { functionID, handler }: Built) {
  const out = path.join(workFolder, functionID);
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, "bundle.mjs"), "");
  const { dir, name, ext } = path.posix.parse(handler);
  const exists = existsSync(path.join(root, dir, `${name}.ts`));
  return {
    handler: `bundle${ext}`,
    out,
    sourcemaps: [],
    errors: exists ? [] : [`Handler not found: ${functionID} wants ${dir}/${name}.ts`],
  };
}
