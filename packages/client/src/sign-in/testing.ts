import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type Body = Record<string, string> & {
  AuthParameters?: Record<string, string>;
  ChallengeResponses?: Record<string, string>;
};

/** What the pool says no with. */
export class No extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** A user pool with one user, whose proofs are checked with Node's own numbers. */
export async function openPool({ email = "ada@example.com", password = "Correct-Horse-1" } = {}) {
  const userId = "0b5c9a1e-sub";
  const salt = randomBytes(16).toString("hex");
  const asked: Array<{ action: string; body: Body }> = [];
  const waiting = new Map<string, { A: bigint; b: bigint; B: bigint }>();
  const state = {
    tokens: 0,
    expiresIn: 3600,
    /** answers in place of the pool: a refusal, or a line that breaks */
    meddle: (_: string): No | "drop" | undefined => undefined,
    mustChange: false,
    revoked: new Set<string>(),
  };
  const verifier = (secret: string) => {
    const identity = hash(Buffer.from(`films${userId}:${secret}`));
    return power(2n, number(hash(padded(BigInt(`0x${salt}`)), identity)));
  };

  function answer(action: string, body: Body): object {
    const refusal = state.meddle(action);
    if (refusal instanceof No) throw refusal;
    if (action === "InitiateAuth" && body.AuthFlow === "REFRESH_TOKEN_AUTH") {
      const token = body.AuthParameters?.REFRESH_TOKEN ?? "";
      if (state.revoked.has(token)) {
        throw new No("NotAuthorizedException", "Refresh Token has been revoked");
      }
      const { RefreshToken: _, ...fresh } = tokens();
      return { AuthenticationResult: fresh };
    }
    if (action === "InitiateAuth") {
      const b = number(randomBytes(48));
      const B = (K * verifier(password) + power(2n, b)) % N;
      const block = randomBytes(64).toString("base64");
      waiting.set(block, { A: BigInt(`0x${body.AuthParameters?.SRP_A}`), b, B });
      return {
        ChallengeName: "PASSWORD_VERIFIER",
        ChallengeParameters: {
          SALT: salt,
          SRP_B: B.toString(16),
          SECRET_BLOCK: block,
          USER_ID_FOR_SRP: userId,
          USERNAME: userId,
        },
      };
    }
    if (action === "RespondToAuthChallenge") return respond(body);
    if (action === "RevokeToken") state.revoked.add(body.Token ?? "");
    if (action === "SignUp") return { UserConfirmed: false };
    return {};
  }

  function respond({ ChallengeName, ChallengeResponses: given = {} }: Body): object {
    if (ChallengeName === "NEW_PASSWORD_REQUIRED") return { AuthenticationResult: tokens() };
    const half = waiting.get(given.PASSWORD_CLAIM_SECRET_BLOCK ?? "");
    waiting.delete(given.PASSWORD_CLAIM_SECRET_BLOCK ?? "");
    const wrong = new No("NotAuthorizedException", "Incorrect username or password.");
    if (!half || !MOMENT.test(given.TIMESTAMP ?? "")) throw wrong;
    const u = number(hash(padded(half.A), padded(half.B)));
    const shared = power((half.A % N) * power(verifier(password), u), half.b);
    const key = hkdfSync("sha256", padded(shared), padded(u), "Caldera Derived Key", 16);
    const right = createHmac("sha256", Buffer.from(key))
      .update(`films${userId}`)
      .update(Buffer.from(given.PASSWORD_CLAIM_SECRET_BLOCK ?? "", "base64"))
      .update(given.TIMESTAMP ?? "")
      .digest("base64");
    if (given.PASSWORD_CLAIM_SIGNATURE !== right) throw wrong;
    if (!state.mustChange) return { AuthenticationResult: tokens() };
    return { ChallengeName: "NEW_PASSWORD_REQUIRED", ChallengeParameters: {}, Session: "s" };
  }

  function tokens() {
    state.tokens += 1;
    const about = Buffer.from(JSON.stringify({ sub: userId, exp: 4e9, iat: 1 })).toString("base64");
    return {
      AccessToken: `e30.${about}.access${state.tokens}`,
      IdToken: `e30.${about}.id${state.tokens}`,
      RefreshToken: `refresh${state.tokens}`,
      ExpiresIn: state.expiresIn,
    };
  }

  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const body: Body = JSON.parse(text);
    asked.push({ action, body });
    if (state.meddle(action) === "drop") return void request.socket.destroy();
    try {
      response.end(JSON.stringify(answer(action, body)));
    } catch (error) {
      if (!(error instanceof No)) throw error;
      response.writeHead(400);
      response.end(JSON.stringify({ __type: error.type, message: error.message }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    issuer: `${origin}/us-east-1_films`,
    email,
    password,
    asked,
    state,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Pool = Awaited<ReturnType<typeof openPool>>;

/** `Sun Nov 2 11:48:57 UTC 2026` */
const MOMENT = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [1-9]\d? \d\d:\d\d:\d\d UTC \d{4}$/;

export const N = BigInt(`0x${getDiffieHellman("modp15").getPrime("hex")}`);
const K = number(hash(padded(N), padded(2n)));

function padded(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 ? `0${hex}` : hex;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % N;
    if (bit === "1") result = (result * base) % N;
  }
  return result;
}

function number(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

function hash(...parts: Buffer[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}
