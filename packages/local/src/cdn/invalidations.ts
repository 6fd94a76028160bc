import { createHash, randomBytes } from "node:crypto";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Input, Operation } from "../kernel/service.ts";

/** What is known of an invalidation, in the members of the SDK. */
export interface Invalidation {
  Id: string;
  Status: "Completed";
  CreateTime: Date;
  InvalidationBatch: Batch;
}

export interface Batch {
  Paths: { Quantity: number; Items: string[] };
  CallerReference: string;
}

/** The distribution that is on the air. */
export type OnAir = () => { id: string; arn: string } | undefined;

/**
 * Invalidations. This edge keeps no copies, so each is complete when it is made; it is written down
 * for whoever asks later.
 */
export function invalidations(cloud: Cloud, onAir: OnAir): Record<string, Operation> {
  const { store } = cloud;
  store.schema(
    "CREATE TABLE IF NOT EXISTS cloudfront_invalidations (n INTEGER PRIMARY KEY AUTOINCREMENT, " +
      "id TEXT UNIQUE, distribution TEXT, reference TEXT, batch TEXT, created_ms INTEGER, " +
      "UNIQUE (distribution, reference))",
  );

  const found = (input: Input): string => {
    const { id } = onAir() ?? {};
    if (id !== undefined && input.DistributionId === id) return id;
    throw new Refusal("NoSuchDistribution", "The specified distribution does not exist.", {
      httpStatus: 404,
    });
  };
  const guarded = (action: string, run: Operation["run"]): Operation => ({
    needs: ({ DistributionId }) => ({
      action: `cloudfront:${action}`,
      resource: `arn:aws:cloudfront::${cloud.accountId}:distribution/${String(DistributionId)}`,
    }),
    run,
  });

  return {
    CreateInvalidation: guarded("CreateInvalidation", (input) => {
      const distribution = found(input);
      const batch = readBatch(input.InvalidationBatch);
      return store.transaction(() => {
        const before = store.get<Row>(
          "SELECT * FROM cloudfront_invalidations WHERE distribution = ? AND reference = ?",
          distribution,
          batch.CallerReference,
        );
        if (before && before.batch !== JSON.stringify(batch)) {
          throw new Refusal(
            "InvalidationBatchAlreadyExists",
            "The caller reference has been used before, for other paths.",
          );
        }
        const row = before ?? {
          id: `I${codeOf(randomBytes(20))}`,
          batch: JSON.stringify(batch),
          created_ms: cloud.now(),
        };
        if (!before) {
          store.run(
            "INSERT INTO cloudfront_invalidations (id, distribution, reference, batch, created_ms) VALUES (?, ?, ?, ?, ?)",
            row.id,
            distribution,
            batch.CallerReference,
            row.batch,
            row.created_ms,
          );
        }
        return { Invalidation: shown(row) };
      });
    }),

    GetInvalidation: guarded("GetInvalidation", (input) => {
      const row = store.get<Row>(
        "SELECT * FROM cloudfront_invalidations WHERE distribution = ? AND id = ?",
        found(input),
        String(input.Id),
      );
      if (row) return { Invalidation: shown(row) };
      throw new Refusal("NoSuchInvalidation", "The specified invalidation does not exist.", {
        httpStatus: 404,
      });
    }),

    /** Newest first. */
    ListInvalidations: guarded("ListInvalidations", (input) => {
      const distribution = found(input);
      const most = Math.min(readCount(input.MaxItems), MOST_LISTED);
      const before = store.get<{ n: number }>(
        "SELECT n FROM cloudfront_invalidations WHERE id = ?",
        String(input.Marker ?? ""),
      );
      const rows = store.all<Row>(
        "SELECT * FROM cloudfront_invalidations WHERE distribution = ? AND n < ? ORDER BY n DESC LIMIT ?",
        distribution,
        before?.n ?? Number.MAX_SAFE_INTEGER,
        most + 1,
      );
      const page = rows.slice(0, most).map(shown);
      const isTruncated = rows.length > most;
      return {
        InvalidationList: {
          Marker: String(input.Marker ?? ""),
          ...(isTruncated ? { NextMarker: page.at(-1)?.Id } : {}),
          MaxItems: most,
          IsTruncated: isTruncated,
          Quantity: page.length,
          Items: page.map(({ Id, CreateTime, Status }) => ({ Id, CreateTime, Status })),
        },
      };
    }),
  };
}

interface Row extends Record<string, unknown> {
  id: string;
  batch: string;
  created_ms: number;
}

function shown({ id, batch, created_ms }: Pick<Row, "id" | "batch" | "created_ms">): Invalidation {
  return {
    Id: id,
    Status: "Completed",
    CreateTime: new Date(created_ms),
    InvalidationBatch: JSON.parse(batch) as Batch,
  };
}

/** @throws Refusal as CloudFront judges a batch */
function readBatch(given: Input): Batch {
  const reference = given?.CallerReference;
  const items: unknown = given?.Paths?.Items ?? [];
  if (typeof reference !== "string" || reference === "") throw invalid("a CallerReference");
  if (!Array.isArray(items)) throw invalid("Paths");
  if (items.length !== given?.Paths?.Quantity) {
    throw new Refusal(
      "InconsistentQuantities",
      "The value of Quantity and the size of Items do not match.",
    );
  }
  if (items.length === 0 || items.length > MOST_PATHS) throw invalid("1 to 3000 paths");
  for (const path of items) {
    // a star anywhere else stands for itself on CloudFront, and for a mistake nearly always
    if (typeof path !== "string" || !PATH.test(path)) {
      throw invalid("paths that begin with a slash, with a star as their last character at most");
    }
  }
  return {
    Paths: { Quantity: items.length, Items: items as string[] },
    CallerReference: reference,
  };
}

function readCount(given: unknown): number {
  if (given === undefined) return MOST_LISTED;
  const count = Number(given);
  if (Number.isInteger(count) && count > 0) return count;
  throw invalid("a MaxItems of 1 or more");
}

const invalid = (wants: string): Refusal =>
  new Refusal("InvalidArgument", `Your request contains an invalid argument; it needs ${wants}.`);

const codeOf = (bytes: Buffer): string =>
  BigInt(`0x${createHash("sha256").update(bytes).digest("hex")}`)
    .toString(36)
    .toUpperCase()
    .slice(0, 25);

const PATH = /^\/[^*]*\*?$/;

/** Source: CloudFront, quotas on invalidations. */
const MOST_PATHS = 3_000;
const MOST_LISTED = 100;
