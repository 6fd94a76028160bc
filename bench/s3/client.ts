import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import {
  canonicalRequest,
  hmac,
  readQuery,
  signingKey,
  stringToSign,
} from "../../packages/local/src/front/canonical.ts";
import type { Place } from "./served.ts";

export interface Asked {
  method: string;
  /** path and query, escaped as sent */
  target: string;
  headers?: Record<string, string | number>;
  /** What `x-amz-content-sha256` says; nothing of the body when absent. */
  claim?: string;
  body?: Iterable<Buffer>;
}

export interface Client {
  /** Sends and waits for the whole answer; its text is kept only where `text` asks for it. */
  send(asked: Asked, text?: boolean): Promise<{ etag: string; sizeBytes: number; text: string }>;
  close(): void;
}

/** A client that costs little: connections stay open, bodies are neither made nor hashed. */
export function connect({ origin, keys }: Place): Client {
  const { hostname, port, host } = new URL(origin);
  const agent = new Agent({ keepAlive: true });
  return {
    async send(asked, text = false) {
      const headers = signed(asked, host, keys);
      const sent = request({
        agent,
        hostname,
        port,
        method: asked.method,
        path: asked.target,
        headers,
      });
      const answered = once(sent, "response") as Promise<[IncomingMessage]>;
      answered.catch(() => undefined); // reported where it is awaited
      await write(sent, asked.body ?? []);
      const [response] = await answered;
      let sizeBytes = 0;
      const kept: Buffer[] = [];
      response.on("data", (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (text || (response.statusCode ?? 0) >= 300) kept.push(chunk);
      });
      await once(response, "end");
      if ((response.statusCode ?? 0) >= 300) throw new Error(String(Buffer.concat(kept)));
      return { etag: response.headers.etag ?? "", sizeBytes, text: String(Buffer.concat(kept)) };
    },
    close: () => agent.destroy(),
  };
}

async function write(sent: ClientRequest, body: Iterable<Buffer>): Promise<void> {
  for (const chunk of body) if (!sent.write(chunk)) await once(sent, "drain");
  sent.end();
}

function signed(
  { method, target, headers = {}, claim = "UNSIGNED-PAYLOAD" }: Asked,
  host: string,
  keys: Place["keys"],
): Record<string, string> {
  const [rawPath = "/", rawQuery = ""] = target.split("?");
  const amzDate = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const all: Record<string, string> = {
    host,
    "x-amz-content-sha256": claim,
    "x-amz-date": amzDate,
  };
  for (const [name, value] of Object.entries(headers)) all[name] = String(value);
  const names = Object.keys(all).sort();
  const day = amzDate.slice(0, 8);
  const canonical = canonicalRequest(
    {
      method,
      rawPath,
      rawQuery,
      headers: new Map(Object.entries(all).map(([name, value]) => [name, [value]])),
    },
    rawPath,
    readQuery(rawQuery) ?? [],
    names,
    claim,
  );
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const key = signingKey(keys.secretAccessKey, day, "us-east-1", "s3");
  const hex = hmac(key, stringToSign(amzDate, scope, canonical)).toString("hex");
  all.authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${hex}`;
  return all;
}
