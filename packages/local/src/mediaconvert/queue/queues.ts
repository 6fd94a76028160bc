import type { Queue } from "@aws-sdk/client-mediaconvert";
import type { Cloud } from "../../kernel/cloud.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Row } from "../../kernel/store.ts";
import type { Arns } from "../arns.ts";

export const queueTables = `
  CREATE TABLE IF NOT EXISTS mediaconvert_queues (
    name TEXT PRIMARY KEY,
    description TEXT,
    status TEXT NOT NULL,
    concurrentJobs INTEGER NOT NULL,
    system INTEGER NOT NULL,
    createdAtMs INTEGER NOT NULL,
    updatedAtMs INTEGER NOT NULL
  );
`;

export interface QueueRow extends Row {
  name: string;
  description: string | null;
  status: "ACTIVE" | "PAUSED";
  concurrentJobs: number;
  system: number;
  createdAtMs: number;
  updatedAtMs: number;
}

/** The queues of an account; `Default` is always there. */
export interface Queues {
  /** @param nameOrArn absent: `Default` */
  find(nameOrArn: string | undefined): QueueRow | undefined;
  all(): QueueRow[];
  create(wanted: Wanted & { name: string }): QueueRow;
  update(name: string, wanted: Wanted): QueueRow;
  remove(name: string): void;
  describe(row: QueueRow): Queue;
}

export interface Wanted {
  description?: string | undefined;
  status?: "ACTIVE" | "PAUSED" | undefined;
  concurrentJobs?: number | undefined;
}

/** Jobs at once in one on-demand queue where nothing else is said. Source: AWS General Reference. */
const CONCURRENT_JOBS = 200;
const MOST_CONCURRENT_JOBS = 500;
const MOST_QUEUES = 10;

export function openQueues(cloud: Cloud, arns: Arns): Queues {
  const { store } = cloud;
  const now = cloud.now();
  store.run(
    "INSERT OR IGNORE INTO mediaconvert_queues VALUES ('Default', NULL, 'ACTIVE', ?, 1, ?, ?)",
    CONCURRENT_JOBS,
    now,
    now,
  );
  const get = (name: string) =>
    store.get<QueueRow>("SELECT * FROM mediaconvert_queues WHERE name = ?", name);
  const need = (name: string) => {
    const found = get(name);
    if (!found) throw notFound("queue", name);
    return found;
  };
  const count = (name: string, status: string) =>
    store.get<{ n: number }>(
      "SELECT count(*) AS n FROM mediaconvert_jobs WHERE queue = ? AND status = ?",
      name,
      status,
    )?.n ?? 0;
  return {
    find(nameOrArn = "Default") {
      if (!nameOrArn.startsWith("arn:")) return get(nameOrArn);
      const name = nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
      return arns.queue(name) === nameOrArn ? get(name) : undefined;
    },
    all: () => store.all<QueueRow>("SELECT * FROM mediaconvert_queues"),
    create({ name, ...wanted }) {
      checkConcurrency(wanted);
      if (get(name))
        throw new Refusal("ConflictException", `The queue ${name} exists.`, { httpStatus: 409 });
      const { n } = store.get<{ n: number }>("SELECT count(*) AS n FROM mediaconvert_queues") ?? {
        n: 0,
      };
      if (n >= MOST_QUEUES) {
        throw new Refusal("ServiceQuotaExceededException", "There are too many queues.", {
          httpStatus: 402,
        });
      }
      const at = cloud.now();
      store.run(
        "INSERT INTO mediaconvert_queues VALUES (?, ?, ?, ?, 0, ?, ?)",
        name,
        wanted.description ?? null,
        wanted.status ?? "ACTIVE",
        wanted.concurrentJobs ?? CONCURRENT_JOBS,
        at,
        at,
      );
      return need(name);
    },
    update(name, wanted) {
      checkConcurrency(wanted);
      const row = need(name);
      store.run(
        "UPDATE mediaconvert_queues SET description = ?, status = ?, concurrentJobs = ?, updatedAtMs = ? WHERE name = ?",
        wanted.description ?? row.description,
        wanted.status ?? row.status,
        wanted.concurrentJobs ?? row.concurrentJobs,
        cloud.now(),
        name,
      );
      return need(name);
    },
    remove(name) {
      const row = need(name);
      if (row.system)
        throw new Refusal("BadRequestException", "The Default queue cannot be deleted.");
      if (count(name, "SUBMITTED") + count(name, "PROGRESSING") > 0) {
        throw new Refusal("ConflictException", `The queue ${name} still has jobs.`, {
          httpStatus: 409,
        });
      }
      store.run("DELETE FROM mediaconvert_queues WHERE name = ?", name);
    },
    describe: (row) => ({
      Name: row.name,
      Arn: arns.queue(row.name),
      ...(row.description === null ? {} : { Description: row.description }),
      Status: row.status,
      Type: row.system ? "SYSTEM" : "CUSTOM",
      PricingPlan: "ON_DEMAND",
      ConcurrentJobs: row.concurrentJobs,
      SubmittedJobsCount: count(row.name, "SUBMITTED"),
      ProgressingJobsCount: count(row.name, "PROGRESSING"),
      CreatedAt: new Date(row.createdAtMs),
      LastUpdated: new Date(row.updatedAtMs),
    }),
  };
}

function checkConcurrency({ concurrentJobs }: Wanted): void {
  if (concurrentJobs === undefined) return;
  if (
    Number.isInteger(concurrentJobs) &&
    concurrentJobs >= 1 &&
    concurrentJobs <= MOST_CONCURRENT_JOBS
  )
    return;
  throw new Refusal(
    "BadRequestException",
    `/concurrentJobs: should be from 1 to ${MOST_CONCURRENT_JOBS}`,
  );
}

export function notFound(what: string, name: string): Refusal {
  return new Refusal("NotFoundException", `There is no ${what} ${name}.`, { httpStatus: 404 });
}
