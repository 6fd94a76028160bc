import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import * as http from "node:http";
import * as https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Problem } from "../problem/index.ts";
import { check, hostOf, mayConnect, portOf, type Rules, refused } from "./rules.ts";
import { Unreachable } from "./unreachable.ts";

export interface Request {
  /** `GET` unless said otherwise. */
  method?: "GET" | "HEAD" | "POST";
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** Bytes from this one on. */
  range?: { first: number };
  /** How often it may send on to another address. `0` unless said otherwise; a POST never may. */
  maxRedirects?: number;
  timeouts?: Partial<Timeouts>;
  signal?: AbortSignal;
  /** Asks for a name's addresses; the machine's resolver unless said otherwise. */
  resolve?: Resolve;
}

export type Resolve = (host: string) => Promise<LookupAddress[]>;

interface Timeouts {
  /** Until the connection stands, its certificate checked. */
  connectMs: number;
  /** From then until the answer's headers are there. */
  headersMs: number;
  /** Between two pieces of the body. */
  idleMs: number;
  /** From the question to the end of the body. */
  totalMs: number;
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** As it comes, as it is: nothing is unpacked. Read it to its end, or `discard` it. */
  body: AsyncIterable<Buffer>;
  discard(): void;
}

/**
 * Asks an address that somebody gave. The address that is connected to is the one that was judged,
 * for every redirect anew; there are no proxies, no cookies and no connections that are kept.
 *
 * @throws Problem `AddressNotAllowed`
 * @throws Unreachable when there is no answer; reading its body may throw it as well
 */
export async function fetchFrom(
  address: string | URL,
  rules: Rules,
  request: Request = {},
): Promise<Answer> {
  const most = request.method === "POST" ? 0 : (request.maxRedirects ?? 0);
  let url = check(address, rules);
  for (let redirects = 0; ; redirects += 1) {
    const answer = await ask(url, rules, request);
    const { location } = answer.headers;
    if (most === 0 || !REDIRECTS.includes(answer.status) || location === undefined) return answer;
    answer.discard();
    if (redirects === most || !URL.canParse(location, url.href)) throw new Unreachable("redirects");
    url = check(new URL(location, url.href), rules);
  }
}

const REDIRECTS = [301, 302, 303, 307, 308];

function ask(url: URL, rules: Rules, request: Request): Promise<Answer> {
  const times = { ...TIMES, ...request.timeouts };
  const host = hostOf(url);
  const secure = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const asked = (secure ? https : http).request({
      method: request.method ?? "GET",
      hostname: host,
      port: portOf(url),
      path: `${url.pathname}${url.search}`,
      headers: {
        "user-agent": "Rushes",
        accept: "*/*",
        "accept-encoding": "identity",
        ...(request.range ? { range: `bytes=${request.range.first}-` } : {}),
        ...request.headers,
        ...(request.body === undefined
          ? {}
          : { "content-length": String(Buffer.byteLength(request.body)) }),
      },
      // an agent of its own: the shared ones may be told by the environment to use a proxy
      agent: secure ? new https.Agent() : new http.Agent(),
      lookup: judged(url, rules, request.resolve ?? everyAddress),
      maxHeaderSize: MOST_HEADER_BYTES,
      ...(request.signal ? { signal: request.signal } : {}),
      ...(secure && !isIP(host) ? { servername: host } : {}),
      ...(secure ? { rejectUnauthorized: true, minVersion: "TLSv1.2" as const } : {}),
    });

    let late = () => {
      asked.destroy(new Unreachable("timeout"));
    };
    const total = setTimeout(() => late(), times.totalMs);
    let step = setTimeout(late, times.connectMs);
    const over = () => {
      clearTimeout(total);
      clearTimeout(step);
    };
    const fail = (error: unknown) => {
      over();
      reject(error instanceof Problem ? error : Unreachable.from(error));
    };

    asked.on("socket", (socket) => {
      // the last word, and the first of ours is not yet sent
      socket.once("connect", () => {
        if (mayConnect(socket.remoteAddress ?? "", url, rules)) return;
        asked.destroy(refused("It is not public."));
      });
      socket.once(secure ? "secureConnect" : "connect", () => {
        clearTimeout(step);
        step = setTimeout(late, times.headersMs);
      });
    });
    asked.on("error", fail);
    asked.on("close", () => fail(new Unreachable("connection"))); // after an answer: too late to matter
    asked.on("response", (response) => {
      clearTimeout(step);
      response.once("close", over);
      response.on("error", () => undefined); // whoever reads the body is told
      late = () => {
        response.destroy(new Unreachable("timeout"));
      };
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: pieces(response, times.idleMs),
        discard: () => void response.destroy(),
      });
    });
    asked.end(request.body);
  });
}

const TIMES: Timeouts = {
  connectMs: 10_000,
  headersMs: 30_000,
  idleMs: 30_000,
  totalMs: 24 * 3600 * 1000,
};

const MOST_HEADER_BYTES = 16 * 1024;

/** Looks a name up, and lets it through only when every address it stands for may be asked. */
function judged(url: URL, rules: Rules, resolve: Resolve): LookupFunction {
  return (host, options, done) => {
    resolve(host).then(
      (found) => {
        const [first] = found;
        const bad = found.some(({ address }) => !mayConnect(address, url, rules));
        if (bad) done(refused("It is not public."), "");
        else if (!first) done(new Unreachable("name"), "");
        else if (options.all) done(null, found);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, ""),
    );
  };
}

const everyAddress: Resolve = (host) => lookup(host, { all: true });

/** The body, piece by piece. Time runs only while somebody waits for the next one. */
async function* pieces(response: http.IncomingMessage, idleMs: number): AsyncGenerator<Buffer> {
  const from: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
  try {
    for (;;) {
      const late = setTimeout(() => response.destroy(new Unreachable("timeout")), idleMs);
      const { value, done } = await from.next().finally(() => clearTimeout(late));
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw Unreachable.from(error);
  } finally {
    response.destroy();
  }
}
