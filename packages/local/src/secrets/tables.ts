import type { Row, Store } from "../kernel/store.ts";

/** A secret; its values are its versions'. */
export interface SecretRow extends Row {
  name: string;
  arn: string;
  description: string | null;
  kms_key: string | null;
  /** JSON, as in the SDK */
  tags: string;
  created_ms: number;
  changed_ms: number;
  read_ms: number | null;
  /** when it goes for good; null unless it was deleted */
  gone_ms: number | null;
}

/** One value of a secret, sealed. */
export interface VersionRow extends Row {
  arn: string;
  id: string;
  created_ms: number;
  kind: "text" | "bytes";
  sealed: Uint8Array;
}

export function makeTables(store: Store): void {
  store.schema(`
    CREATE TABLE IF NOT EXISTS secrets (
      name TEXT PRIMARY KEY, arn TEXT NOT NULL UNIQUE, description TEXT, kms_key TEXT,
      tags TEXT NOT NULL, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,
      read_ms INTEGER, gone_ms INTEGER
    );
    CREATE TABLE IF NOT EXISTS secret_versions (
      arn TEXT NOT NULL, id TEXT NOT NULL, created_ms INTEGER NOT NULL, kind TEXT NOT NULL,
      sealed BLOB NOT NULL, PRIMARY KEY (arn, id)
    );
    CREATE TABLE IF NOT EXISTS secret_stages (
      arn TEXT NOT NULL, stage TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (arn, stage)
    );
  `);
}
