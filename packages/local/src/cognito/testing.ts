import { createHash, createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { openFront } from "../front/index.ts";
import { openIam } from "../iam/index.ts";
import type { Keys } from "../kernel/caller.ts";
import { testCloud } from "../kernel/testing.ts";
import { type CognitoOptions, openCognito } from "./index.ts";

export const PASSWORD = "Correct-Horse-1";

/** Cognito behind a real front, for real clients, with a clock that tests may move. */
export async function openRig(options: { dataDir?: string } & CognitoOptions = {}) {
  const { dataDir = mkdtempSync(join(tmpdir(), "rushes-cognito-")), ...made } = options;
  const iam = openIam({ dataDir, accountId: "000000000000", region: "us-east-1" });
  let aheadMs = 0;
  const { cloud, close } = testCloud({ iam, dataDir, now: () => Date.now() + aheadMs });
  const told: string[] = [];
  cloud.tell = (line) => void told.push(line);
  const cognito = openCognito(cloud, made);
  // Clients sign with the real time; only Cognito's hours pass faster.
  const front = await openFront({ ...cloud, now: Date.now }, { port: 0 });
  cloud.origin = front.origin;

  const client = (keys: Keys = iam.operatorKeys) =>
    new CognitoIdentityProviderClient({
      endpoint: front.origin,
      region: "us-east-1",
      credentials: keys,
      maxAttempts: 1,
    });
  const sdk = client();
  const mailFolder = join(dataDir, "cognito", "mail");
  const mails = () =>
    existsSync(mailFolder)
      ? readdirSync(mailFolder)
          .sort()
          .map((name) => readFileSync(join(mailFolder, name), "utf8"))
      : [];

  return {
    dataDir,
    iam,
    cloud,
    cognito,
    front,
    sdk,
    client,
    told,
    mailFolder,
    mails,
    /** The code in the newest message to an address. */
    codeFor(address: string): string {
      const mine = mails().filter((mail) => mail.startsWith(`To: ${address}\n`));
      return /\b\d{6}\b/.exec(mine.at(-1)?.split("\n\n")[1] ?? "")?.[0] ?? "";
    },
    pass: (ms: number) => {
      aheadMs += ms;
    },
    async pool(input: Partial<CreateUserPoolCommandInput> = {}): Promise<string> {
      const { UserPool } = await sdk.send(
        new CreateUserPoolCommand({
          PoolName: "films",
          UsernameAttributes: ["email"],
          AutoVerifiedAttributes: ["email"],
          UsernameConfiguration: { CaseSensitive: false },
          ...input,
        }),
      );
      return UserPool?.Id ?? "";
    },
    async clientOf(UserPoolId: string, input: Partial<CreateUserPoolClientCommandInput> = {}) {
      const made = await sdk.send(
        new CreateUserPoolClientCommand({
          UserPoolId,
          ClientName: "web",
          ExplicitAuthFlows: [
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
          ],
          PreventUserExistenceErrors: "ENABLED",
          ...input,
        }),
      );
      return {
        ClientId: made.UserPoolClient?.ClientId ?? "",
        secret: made.UserPoolClient?.ClientSecret ?? "",
      };
    },
    /** A user who can sign in. */
    async user(UserPoolId: string, Username: string, Password = PASSWORD): Promise<void> {
      await sdk.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username,
          MessageAction: "SUPPRESS",
          UserAttributes: [{ Name: "email_verified", Value: "true" }],
        }),
      );
      await sdk.send(
        new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }),
      );
    },
    signIn: (ClientId: string, USERNAME: string, given = PASSWORD, more = {}) =>
      sdk.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: "USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME, PASSWORD: given, ...more },
        }),
      ),
    async close() {
      await front.close();
      await close();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type Rig = Awaited<ReturnType<typeof openRig>>;

/** An SRP client written from the protocol's description alone, sharing nothing with the server. */
export function srpClient() {
  const a = toInt(randomBytes(32));
  const A = modPow(2n, a, PRIME);
  return {
    A: A.toString(16),
    prove(
      params: Record<string, string>,
      { poolName, password, now }: { poolName: string; password: string; now: number },
    ) {
      const { SRP_B = "", SALT = "", SECRET_BLOCK = "", USER_ID_FOR_SRP = "" } = params;
      const B = BigInt(`0x${SRP_B}`);
      const u = toInt(sha(bytes(A), bytes(B)));
      const identity = sha(Buffer.from(`${poolName}${USER_ID_FOR_SRP}:${password}`));
      const x = toInt(sha(bytes(BigInt(`0x${SALT}`)), identity));
      const k = toInt(sha(bytes(PRIME), bytes(2n)));
      const base = (((B - k * modPow(2n, x, PRIME)) % PRIME) + PRIME) % PRIME;
      const S = modPow(base, a + u * x, PRIME);
      const prk = createHmac("sha256", bytes(u)).update(bytes(S)).digest();
      const key = createHmac("sha256", prk)
        .update("Caldera Derived Key\u0001")
        .digest()
        .subarray(0, 16);
      const [day, date, month, year, time] = new Date(now).toUTCString().split(/,? /);
      const TIMESTAMP = `${day} ${month} ${Number(date)} ${time} UTC ${year}`;
      return {
        USERNAME: USER_ID_FOR_SRP,
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
        TIMESTAMP,
        PASSWORD_CLAIM_SIGNATURE: createHmac("sha256", key)
          .update(poolName + USER_ID_FOR_SRP)
          .update(Buffer.from(SECRET_BLOCK, "base64"))
          .update(TIMESTAMP)
          .digest("base64"),
      };
    },
  };
}

function bytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 ? `0${hex}` : hex;
  return Buffer.from(Number.parseInt(even.slice(0, 1), 16) > 7 ? `00${even}` : even, "hex");
}

function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

const toInt = (buffer: Buffer): bigint => BigInt(`0x${buffer.toString("hex")}`);
const sha = (...parts: Buffer[]): Buffer =>
  createHash("sha256").update(Buffer.concat(parts)).digest();

// Source: RFC 3526, section 4, spelled out so that the server's own reading is not trusted:
// 2^3072 - 2^3008 - 1 + 2^64 * ([2^2942 pi] + 1690314), pi by Machin's formula.
const PRIME = (() => {
  const scale = 1n << 3000n;
  const arctan = (inverse: bigint) => {
    let term = scale / inverse;
    let sum = term;
    for (let n = 3n; term !== 0n; n += 2n) {
      term = -term / (inverse * inverse);
      sum += term / n;
    }
    return sum;
  };
  const pi = 4n * (4n * arctan(5n) - arctan(239n));
  return (1n << 3072n) - (1n << 3008n) - 1n + (1n << 64n) * ((pi >> 58n) + 1690314n);
})();
