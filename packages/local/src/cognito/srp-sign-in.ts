import { randomBytes, timingSafeEqual } from "node:crypto";
import type { InitiateAuthResponse } from "@aws-sdk/client-cognito-identity-provider";
import { admit } from "./admit.ts";
import { checkLock, countWrong, forgetWrong, subjectOf } from "./attempts.ts";
import { isEmail, isPhone } from "./attributes.ts";
import { ask, asked, close } from "./challenges.ts";
import { checkSecretHash } from "./client.ts";
import { type Door, parameter, seek, wrongPassword } from "./door.ts";
import { verifierIn } from "./password.ts";
import type { Pool } from "./pool.ts";
import { bad } from "./read.ts";
import type { Room } from "./room.ts";
import { claim, readA, serverHalf, sharedKey, verifierOf } from "./srp.ts";
import type { UserRow } from "./tables.ts";
import { findUser } from "./users.ts";

/** The first half of SRP: who it is, against what proves the password. */
export function beginSrp(
  room: Room,
  door: Door,
  params: Record<string, string>,
): InitiateAuthResponse {
  const name = parameter(params, "USERNAME");
  const A = readA(parameter(params, "SRP_A"));
  checkSecretHash(door.client, params.SECRET_HASH, name);
  if (A === undefined) throw bad("Invalid SRP_A.");
  const { user, subject } = seek(room, door, name);
  checkLock(room, subject);
  const { userId, salt, v } = secretsOf(room, door.pool, name, user);
  const { b, B } = serverHalf(v);
  const block = randomBytes(BLOCK_BYTES).toString("base64");
  const state: State = { name, A: A.toString(16), b: b.toString(16), B: B.toString(16) };
  ask(room, door.client, block, { kind: "PASSWORD_VERIFIER", sub: user?.sub ?? null, state });
  return {
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeParameters: {
      SALT: salt,
      SECRET_BLOCK: block,
      SRP_B: B.toString(16),
      USERNAME: userId,
      USER_ID_FOR_SRP: userId,
    },
  };
}

/** The second half: a proof that only the password's owner can make. */
export async function finishSrp(
  room: Room,
  door: Door,
  params: Record<string, string>,
): Promise<InitiateAuthResponse> {
  const name = parameter(params, "USERNAME");
  const block = parameter(params, "PASSWORD_CLAIM_SECRET_BLOCK");
  const signature = parameter(params, "PASSWORD_CLAIM_SIGNATURE");
  const timestamp = parameter(params, "TIMESTAMP");
  const atMs = momentOf(timestamp);
  if (atMs === undefined) {
    throw bad("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.");
  }
  checkSecretHash(door.client, params.SECRET_HASH, name);
  const found = asked(room, door.client, block, "PASSWORD_VERIFIER");
  if (!found || !close(room, found.id)) throw wrongPassword();
  const state = found.state as State;
  const user = found.sub === null ? undefined : findUser(room, door.pool, found.sub);
  const subject = subjectOf(room, door.pool, state.name, user);
  checkLock(room, subject);
  const { userId, v } = secretsOf(room, door.pool, state.name, user);
  const [A, b, B] = [state.A, state.b, state.B].map((hex) => BigInt(`0x${hex}`));
  const key = sharedKey({ A: A ?? 0n, b: b ?? 0n, B: B ?? 0n, v });
  const right =
    key &&
    claim(key, {
      poolShortId: door.pool.shortId,
      userId,
      secretBlock: Buffer.from(block, "base64"),
      timestamp,
    });
  const given = Buffer.from(signature, "base64");
  const good = right?.length === given.length && timingSafeEqual(right, given);
  const inTime = Math.abs(room.cloud.now() - atMs) <= CLOCK_MS;
  const isTheirs = user !== undefined && findUser(room, door.pool, name)?.sub === user.sub;
  if (!good || !inTime || !isTheirs || !user.srp_verifier) {
    countWrong(room, subject);
    throw wrongPassword();
  }
  forgetWrong(room, subject);
  return admit(room, door, user);
}

interface State {
  /** as it was given at the beginning */
  name: string;
  /** in hex */
  A: string;
  b: string;
  B: string;
}

/**
 * What SRP knows of a user. For somebody who is not there it makes up the same things each time, in
 * the same time, which no password fits.
 */
function secretsOf(room: Room, pool: Pool, name: string, user: UserRow | undefined) {
  const made = (what: string) =>
    room.mac(`nobody's ${what}`, pool.id, name.toLowerCase()).toString("hex");
  // Whoever signs in by an address is told another name for it, there or not.
  const nobody = isEmail(name) || isPhone(name) ? uuidFrom(made("name")) : name;
  const madeUp = verifierOf(pool.shortId, nobody, made("password"), made("salt").slice(0, 32));
  const v = user && verifierIn(room.seal, user);
  return {
    userId: user?.username ?? nobody,
    salt: user?.srp_salt ?? madeUp.salt,
    v: v ?? madeUp.v,
  };
}

/** A version 4 UUID, as a `sub` is one. */
function uuidFrom(hex: string): string {
  const variant = "89ab"[Number.parseInt(hex.slice(16, 17), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** `Sun Nov 22 11:48:57 UTC 2026`, as milliseconds since 1970. */
function momentOf(timestamp: string): number | undefined {
  const [, month, day, time, year] = TIMESTAMP.exec(timestamp) ?? [];
  const ms = Date.parse(`${day} ${month} ${year} ${time} UTC`);
  return Number.isNaN(ms) ? undefined : ms;
}

const TIMESTAMP =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{1,2}) (\d\d:\d\d:\d\d) UTC (\d{4})$/;

const BLOCK_BYTES = 192;

/** How far a client's clock may be off. */
const CLOCK_MS = 15 * 60_000;
