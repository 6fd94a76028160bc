import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Somebody's server that hears webhooks. */
export interface Ear {
  url: string;
  /** As a rule of who may be told names it. */
  host: string;
  heard: Heard[];
  /** What it says next; 204 when nothing is left to say. */
  says: ((response: ServerResponse) => void)[];
  close(): void;
}

export interface Heard {
  method: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export async function openSmallEar(): Promise<Ear> {
  const ear: Pick<Ear, "heard" | "says"> = { heard: [], says: [] };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "", headers } = request;
      ear.heard.push({ method, headers, body: Buffer.concat(pieces).toString() });
      const say = ear.says.shift();
      if (say) say(response);
      else response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(ear, {
    url: `http://${host}/hook`,
    host,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
}
