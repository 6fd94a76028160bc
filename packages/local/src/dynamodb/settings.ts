import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Input } from "../kernel/service.ts";
import type { Item } from "./dynalite.ts";
import type { Engine } from "./engine.ts";
import { itemSpace } from "./shelf.ts";
import type { Tables } from "./tables.ts";

/** What a table is set to beside its keys: when its items expire, and whether it is backed up. */
export function openSettings(cloud: Cloud, engine: Engine, tables: Tables) {
  const { store } = cloud;
  let timer: NodeJS.Timeout | undefined;

  const read = (table: string, setting: string): string | undefined =>
    store.get<{ value: string }>(
      "SELECT value FROM dynamodb_settings WHERE table_name = ? AND setting = ?",
      table,
      setting,
    )?.value;

  const write = (table: string, setting: string, value: string | undefined) => {
    if (value === undefined) {
      store.run(
        "DELETE FROM dynamodb_settings WHERE table_name = ? AND setting = ?",
        table,
        setting,
      );
      return;
    }
    store.run(
      "INSERT OR REPLACE INTO dynamodb_settings (table_name, setting, value) VALUES (?, ?, ?)",
      table,
      setting,
      value,
    );
  };

  const backupsOf = (table: string) => {
    const isOn = read(table, BACKUPS) !== undefined;
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: isOn ? "ENABLED" : "DISABLED",
        },
      },
    };
  };

  /** Deletes what has expired, as AWS does within days. */
  const sweep = () => {
    const nowSeconds = Math.floor(cloud.now() / 1000);
    const settings = store.all<{ table_name: string; value: string }>(
      "SELECT table_name, value FROM dynamodb_settings WHERE setting = ?",
      EXPIRY,
    );
    for (const { table_name: name, value: attribute } of settings) {
      const { KeySchema } = tables.require(name);
      const path = `$.${JSON.stringify(attribute)}.N`;
      const expired = store.all<{ value: string }>(
        `SELECT value FROM dynamodb_rows WHERE space = ?
         AND CAST(json_extract(value, ?) AS REAL) <= ? AND CAST(json_extract(value, ?) AS REAL) > ?
         LIMIT ?`,
        itemSpace(name),
        path,
        nowSeconds,
        path,
        nowSeconds - TOO_LONG_AGO_SECONDS,
        MOST_AT_ONCE,
      );
      for (const { value } of expired) {
        const item = JSON.parse(value) as Item;
        const Key = Object.fromEntries(
          KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
        );
        engine.run("DeleteItem", { TableName: name, Key });
      }
    }
  };

  return {
    describeExpiry(input: Input): object {
      const { TableName } = tables.require(input.TableName);
      const AttributeName = read(TableName, EXPIRY);
      return {
        TimeToLiveDescription: AttributeName
          ? { AttributeName, TimeToLiveStatus: "ENABLED" }
          : { TimeToLiveStatus: "DISABLED" },
      };
    },

    updateExpiry(input: Input): object {
      const { TableName } = tables.require(input.TableName);
      const { AttributeName, Enabled } = input.TimeToLiveSpecification ?? {};
      if (typeof AttributeName !== "string" || AttributeName === "" || AttributeName.length > 255) {
        throw invalid("TimeToLiveSpecification must name the attribute, of 1 to 255 characters");
      }
      if (typeof Enabled !== "boolean") throw invalid("TimeToLiveSpecification must say Enabled");
      const before = read(TableName, EXPIRY);
      if (Enabled && before !== undefined) {
        throw invalid(
          before === AttributeName
            ? "TimeToLive is already enabled"
            : `TimeToLive is active on a different AttributeName: current AttributeName is ${before}`,
        );
      }
      if (!Enabled && before === undefined) throw invalid("TimeToLive is already disabled");
      if (!Enabled && before !== AttributeName) {
        throw invalid(
          `TimeToLive is active on a different AttributeName: current AttributeName is ${before}`,
        );
      }
      write(TableName, EXPIRY, Enabled ? AttributeName : undefined);
      return { TimeToLiveSpecification: { AttributeName, Enabled } };
    },

    describeBackups: (input: Input) => backupsOf(tables.require(input.TableName).TableName),

    /** The setting is kept and answered; restoring is refused by name, as there is nothing to restore. */
    updateBackups(input: Input): object {
      const { TableName } = tables.require(input.TableName);
      const wanted = input.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled;
      if (typeof wanted !== "boolean") {
        throw invalid("PointInTimeRecoverySpecification must say PointInTimeRecoveryEnabled");
      }
      write(TableName, BACKUPS, wanted ? "ENABLED" : undefined);
      return backupsOf(TableName);
    },

    sweep,
    start() {
      timer = setInterval(() => {
        try {
          sweep();
        } catch (error) {
          const why = error instanceof Error ? error.name : String(error);
          cloud.tell(`dynamodb: expired items stay for now, ${why}`);
        }
      }, SWEEP_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}

export const SETTINGS = `CREATE TABLE IF NOT EXISTS dynamodb_settings (
  table_name TEXT NOT NULL, setting TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (table_name, setting))`;

function invalid(message: string): Refusal {
  return new Refusal("ValidationException", message);
}

const EXPIRY = "expiry";
const BACKUPS = "backups";

const SWEEP_MS = 60_000;
const MOST_AT_ONCE = 500;

/** AWS leaves items alone that expired more than five years ago: the number may mean another thing. */
const TOO_LONG_AGO_SECONDS = 5 * 365 * 24 * 60 * 60;
