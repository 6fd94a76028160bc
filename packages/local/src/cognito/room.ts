import { createHmac } from "node:crypto";
import type { Cloud } from "../kernel/cloud.ts";
import { type Seal, sealWith } from "../secrets/seal.ts";
import type { Client } from "./client.ts";
import { type Pool, poolOf } from "./pool.ts";
import { notFound } from "./read.ts";
import { type ClientRow, makeTables, type PoolRow } from "./tables.ts";

export interface CognitoOptions {
  /**
   * Puts the custom scopes that a client may have into its access tokens. On AWS an access token of
   * InitiateAuth has `aws.cognito.signin.user.admin` alone, unless a pre token generation trigger
   * adds others: set this where the stage has such a trigger.
   */
  addClientScopes?: boolean;
}

/** What every action stands on. */
export interface Room {
  cloud: Cloud;
  options: CognitoOptions;
  /** keeps keys, verifiers and client secrets unreadable in the store */
  seal: Seal;
  /** A stamp that only this data folder can make. */
  mac(...parts: string[]): Buffer;
  /** @throws Refusal `ResourceNotFoundException` */
  pool(id: string): Pool;
  /** @throws Refusal `ResourceNotFoundException` */
  client(id: string, poolId?: string): Client;
  /** `arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_XXXXXXXXX` */
  arnOf(poolId: string): string;
  /** Runs `work` when everything begun before for the same subject has ended. */
  inTurn<T>(subject: string, work: () => Promise<T>): Promise<T>;
}

export function openRoom(cloud: Cloud, options: CognitoOptions): Room {
  const { store } = cloud;
  makeTables(store);
  const seal = sealWith(cloud.iam.secretFor("cognito at rest"));
  const stamp = cloud.iam.secretFor("cognito stamps");
  const turns = new Map<string, Promise<unknown>>();
  return {
    cloud,
    options,
    seal,
    mac: (...parts) => createHmac("sha256", stamp).update(JSON.stringify(parts)).digest(),
    pool(id) {
      const row = store.get<PoolRow>("SELECT * FROM cognito_pools WHERE id = ?", id);
      if (!row) throw notFound(`User pool ${id} does not exist.`);
      return poolOf(row);
    },
    client(id, poolId) {
      const row = store.get<ClientRow>("SELECT * FROM cognito_clients WHERE id = ?", id);
      if (!row || (poolId !== undefined && row.pool !== poolId)) {
        throw notFound(`User pool client ${id} does not exist.`);
      }
      return {
        id: row.id,
        poolId: row.pool,
        settings: JSON.parse(row.settings) as Client["settings"],
        secret: row.secret === null ? undefined : seal.open(row.secret, `client ${id}`).toString(),
        row,
      };
    },
    arnOf: (poolId) => `arn:aws:cognito-idp:${cloud.region}:${cloud.accountId}:userpool/${poolId}`,
    async inTurn(subject, work) {
      const before = turns.get(subject) ?? Promise.resolve();
      const mine = before.then(work, work);
      const settled = mine.catch(() => undefined);
      turns.set(subject, settled);
      try {
        return await mine;
      } finally {
        if (turns.get(subject) === settled) turns.delete(subject);
      }
    },
  };
}
