import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LaptopOptions } from "@rushes/local";
import { root, type TestLaptop, testLaptop } from "./laptop.ts";

/** Somebody else's web server, on an address that the laptop may ask though it is not public. */
export interface Neighbour {
  /** Such as `http://127.0.0.1:4567`. */
  url: string;
  host: string;
  heard: Heard[];
  /** What it does about the next requests to a path; 404 when nothing is left to do. */
  does(path: string, ...next: Does[]): void;
  close(): void;
}

export interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Does = (response: ServerResponse, heard: Heard) => void;

export async function openNeighbour(): Promise<Neighbour> {
  const heard: Heard[] = [];
  const plans = new Map<string, Does[]>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { url: path = "", headers } = request;
      const one = { path, headers, body: Buffer.concat(pieces).toString() };
      heard.push(one);
      const plan = plans.get(path);
      const next = plan && plan.length > 1 ? plan.shift() : plan?.[0]; // the last one stays
      if (next) next(response, one);
      else response.writeHead(404).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    heard,
    does: (path, ...next) => void plans.set(path, next),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Answers with a status, whatever was asked. */
export function says(status: number, headers: Record<string, string> = {}, body = ""): Does {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** Gives a file as a good web server does, from where it is asked to; or only so many bytes of it. */
export function gives(content: Buffer, mostBytes = Number.POSITIVE_INFINITY): Does {
  return (response, { headers }) => {
    const [, first = "0"] = /^bytes=(\d+)-$/.exec(headers.range ?? "") ?? [];
    const from = headers["if-range"] === ETAG ? Number(first) : 0;
    const body = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      "content-type": "video/mp4",
      "content-length": body.length,
      etag: ETAG,
      ...(from > 0
        ? { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` }
        : {}),
    });
    if (mostBytes >= body.length) return void response.end(body);
    response.write(body.subarray(0, mostBytes));
  };
}

const ETAG = '"one"';

interface Graph {
  functions: Record<string, { links: { Intake?: { partBytes?: number } } }>;
  resources: Array<{ type: string; name: string; inputs: Record<string, unknown> }>;
}

/** A laptop that knows a neighbour, and fetches films in parts as small as S3 takes. */
export function laptopNear(
  neighbour: Neighbour,
  options: Partial<LaptopOptions> = {},
): Promise<TestLaptop> {
  return near(neighbour, ({ graph }) => testLaptop({ graph, ...options }));
}

/** Opens whatever takes a graph, with one in which a neighbour is known. */
export async function near<T>(
  neighbour: Neighbour,
  open: (options: { graph: string }) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "rushes-graph-"));
  const file = join(folder, "dev.gen.json");
  writeFileSync(file, JSON.stringify(graphNear(neighbour)));
  try {
    return await open({ graph: file });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The development graph, in which a neighbour is known, and parts are as small as S3 takes. */
export function graphNear({ host }: Pick<Neighbour, "host">): Graph {
  const text = readFileSync(join(root, "stacks/graph/dev.gen.json"), "utf8");
  const graph: Graph = JSON.parse(text.replaceAll("127.0.0.1:8787", host));
  for (const { links } of Object.values(graph.functions)) {
    if (links.Intake) links.Intake.partBytes = LEAST_PART_BYTES;
  }
  return graph;
}

export const LEAST_PART_BYTES = 5 * 1024 ** 2;
