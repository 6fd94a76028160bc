import { execFileSync } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import {
  type AddressInfo,
  createServer as createRawServer,
  type Server as RawServer,
} from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as Web from "./index.ts";

type Rules = Web.Rules;

const servers: (Server | RawServer)[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  }
});

async function listening<S extends Server | RawServer>(server: S): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}

/** A server that counts who came, on an address that the rules let through. */
async function open(listener: RequestListener) {
  const asked: string[] = [];
  const port = await listening(
    createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      listener(request, response);
    }),
  );
  const rules: Rules = { schemes: ["http"], hosts: ["*"], privateHosts: [`127.0.0.1:${port}`] };
  return { at: `http://127.0.0.1:${port}`, port, asked, rules };
}

async function read(answer: Web.Answer): Promise<string> {
  const all: Buffer[] = [];
  for await (const piece of answer.body) all.push(piece);
  return Buffer.concat(all).toString();
}

const notAllowed = expect.objectContaining({ code: "AddressNotAllowed" });
const unreachable = (why: Web.Why) => expect.objectContaining({ name: "Unreachable", why });

describe("asking", () => {
  it("sends what was given and nothing of its own but a name", async () => {
    vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:9");
    vi.stubEnv("NODE_USE_ENV_PROXY", "1");
    const { at, rules } = await open((request, response) => {
      response.setHeader("set-cookie", "a=b");
      request.pipe(response.writeHead(200, { "x-seen": JSON.stringify(request.headers) }));
    });
    const request: Web.Request = { method: "POST", body: "päck", headers: { "x-mine": "1" } };
    const answer = await Web.fetchFrom(`${at}/a?b=c`, rules, request);
    expect(await read(answer)).toBe("päck");
    const seen = JSON.parse(String(answer.headers["x-seen"]));
    expect(seen).toEqual({
      "accept-encoding": "identity",
      "content-length": "5",
      "user-agent": "Rushes",
      "x-mine": "1",
      accept: "*/*",
      connection: "close",
      host: at.slice("http://".length),
    });
    await Web.fetchFrom(at, rules).then(async (again) => {
      expect(JSON.parse(String(again.headers["x-seen"])).cookie).toBeUndefined();
      again.discard();
    });
  });

  it("asks for a range, and unpacks nothing", async () => {
    const packed = gzipSync("a".repeat(10_000));
    const { at, rules } = await open((request, response) => {
      response.writeHead(206, { "content-encoding": "gzip", "x-range": request.headers.range });
      response.end(packed);
    });
    const answer = await Web.fetchFrom(at, rules, { range: { first: 5 } });
    expect(answer.headers["x-range"]).toBe("bytes=5-");
    const pieces: Buffer[] = [];
    for await (const piece of answer.body) pieces.push(piece);
    expect(Buffer.concat(pieces)).toEqual(packed);
  });

  it("goes no further than a server that stops reading lets it", async () => {
    const { at, rules } = await open((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
        response.once("drain", more);
      };
      more();
    });
    const answer = await Web.fetchFrom(at, rules);
    for await (const piece of answer.body) {
      expect(piece.length).toBeGreaterThan(0);
      break; // who breaks off hangs up
    }
  });
});

describe("an address that is not public", () => {
  it("is not connected to, whatever its name", async () => {
    const { port, asked } = await open((_, response) => response.end());
    const rules: Rules = { schemes: ["http"], hosts: ["*"], ports: [port] };
    for (const addresses of [
      ["127.0.0.1"],
      ["93.184.216.34", "127.0.0.1"],
      ["::ffff:127.0.0.1"],
      ["64:ff9b::7f00:1"],
    ]) {
      const resolve = async () =>
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      const asking = Web.fetchFrom(`http://films.example:${port}/`, rules, { resolve });
      await expect(asking).rejects.toThrow(notAllowed);
    }
    await expect(
      Web.fetchFrom(`http://localtest.example:${port}/`, rules, { resolve: async () => [] }),
    ).rejects.toThrow(unreachable("name"));
    expect(asked).toEqual([]);
  });

  it("is not connected to when its name turns from public to private between two looks", async () => {
    const { port, asked } = await open((_, response) => response.end("mine"));
    const name = `films.example:${port}`;
    const rules: Rules = { schemes: ["http"], hosts: ["*"], ports: [port], privateHosts: [name] };
    const answers = ["127.0.0.1", "169.254.169.254"];
    const resolve = async () => [{ address: answers.shift() ?? "", family: 4 }];
    expect(await read(await Web.fetchFrom(`http://${name}/`, rules, { resolve }))).toBe("mine");
    await expect(Web.fetchFrom(`http://${name}/`, rules, { resolve })).rejects.toThrow(notAllowed);
    expect([asked.length, answers.length]).toEqual([1, 0]);
  });
});

describe("an address that sends on", () => {
  it.each([301, 302, 303, 307, 308])("is followed at %i, as often as allowed", async (status) => {
    const { at, rules, asked } = await open((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) return void response.end("here");
      response.writeHead(status, { location: `/${left - 1}` }).end();
    });
    expect(await read(await Web.fetchFrom(`${at}/2`, rules, { maxRedirects: 2 }))).toBe("here");
    expect(asked).toEqual(["GET /2", "GET /1", "GET /0"]);
    await expect(Web.fetchFrom(`${at}/3`, rules, { maxRedirects: 2 })).rejects.toThrow(
      unreachable("redirects"),
    );
  });

  it("is not followed unless asked to, and never with a POST", async () => {
    const { at, rules, asked } = await open((_, response) => {
      response.writeHead(302, { location: "/on" }).end();
    });
    for (const request of [{}, { method: "POST", body: "x", maxRedirects: 3 } as const]) {
      const answer = await Web.fetchFrom(at, rules, request);
      answer.discard();
      expect(answer.status).toBe(302);
    }
    expect(asked).toEqual(["GET /", "POST /"]);
  });

  it.each([
    "http://169.254.169.254/latest/meta-data/iam/",
    "http://127.0.0.1:9/",
    "http://[::ffff:127.0.0.1]/",
    "http://localhost/",
    "http://2130706433/",
    "//10.0.0.1/",
    "https://example.org/",
    "http://user:password@example.org/",
    "file:///etc/passwd",
  ])("is not followed to %s", async (location) => {
    const { at, rules } = await open((_, response) => {
      response.writeHead(302, { location }).end();
    });
    await expect(Web.fetchFrom(at, rules, { maxRedirects: 3 })).rejects.toThrow(notAllowed);
  });

  it("is looked up anew at each step", async () => {
    const { port, asked } = await open((request, response) => {
      if (request.url === "/") response.writeHead(302, { location: "/on" });
      response.end();
    });
    const name = `films.example:${port}`;
    const rules: Rules = { schemes: ["http"], hosts: ["*"], privateHosts: [name] };
    const answers = ["127.0.0.1", "169.254.169.254"];
    const resolve = async () => [{ address: answers.shift() ?? "", family: 4 }];
    await expect(
      Web.fetchFrom(`http://${name}/`, rules, { resolve, maxRedirects: 1 }),
    ).rejects.toThrow(notAllowed);
    expect(asked).toEqual(["GET /"]);
  });
});

describe("an address that gives no good answer", () => {
  it("is told from others by why", async () => {
    const raw = async (answer: string, end = true) => {
      const port = await listening(
        createRawServer((socket) => {
          socket.on("error", () => undefined);
          socket.write(answer);
          if (end) socket.end();
        }),
      );
      return { at: `http://127.0.0.1:${port}/`, privateHosts: [`127.0.0.1:${port}`] };
    };
    const timeouts = { connectMs: 2000, headersMs: 100, idleMs: 100, totalMs: 2000 };
    for (const [{ at, privateHosts }, why] of [
      [await raw(""), "connection"],
      [await raw("SSH-2.0-OpenSSH\r\n"), "connection"],
      [await raw(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(20_000)}\r\n\r\n`), "connection"],
      [
        await raw("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
        "connection",
      ],
      [await raw("", false), "timeout"],
      [await raw("HTTP/1.1 200 OK\r\n", false), "timeout"],
    ] as const) {
      const rules: Rules = { schemes: ["http"], hosts: [], privateHosts };
      await expect(Web.fetchFrom(at, rules, { timeouts })).rejects.toThrow(unreachable(why));
    }
    for (const [{ at, privateHosts }, why] of [
      [await raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"), "connection"],
      [
        await raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
        "connection",
      ],
      [await raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", false), "timeout"],
    ] as const) {
      const rules: Rules = { schemes: ["http"], hosts: [], privateHosts };
      const answer = await Web.fetchFrom(at, rules, { timeouts });
      await expect(read(answer)).rejects.toThrow(unreachable(why));
    }
  });

  it("is given up when the whole takes too long, though bytes drip", async () => {
    const { at, rules } = await open((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(drip));
    });
    const answer = await Web.fetchFrom(at, rules, { timeouts: { totalMs: 200 } });
    await expect(read(answer)).rejects.toThrow(unreachable("timeout"));
  });

  it("is given up when whoever asked gives up", async () => {
    const { at, rules } = await open(() => undefined);
    const signal = AbortSignal.timeout(50);
    await expect(Web.fetchFrom(at, rules, { signal })).rejects.toThrow(unreachable("timeout"));
  });

  it("has a certificate that nobody vouches for, even where the environment looks away", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const made = execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        ...["-keyout", "-", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    let asked = 0;
    const port = await listening(
      createSecureServer({ key: made, cert: made }, (_, response) => {
        asked += 1;
        response.end();
      }),
    );
    const rules: Rules = { schemes: ["https"], hosts: [], privateHosts: [`127.0.0.1:${port}`] };
    await expect(Web.fetchFrom(`https://127.0.0.1:${port}/`, rules)).rejects.toThrow(
      unreachable("certificate"),
    );
    expect(asked).toBe(0);
  });
});
