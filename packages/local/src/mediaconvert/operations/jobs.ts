import { randomInt } from "node:crypto";
import type { SQLInputValue } from "node:sqlite";
import type {
  CancelJobCommandInput,
  CreateJobCommandInput,
  GetJobCommandInput,
  ListJobsCommandInput,
  SearchJobsCommandInput,
} from "@aws-sdk/client-mediaconvert";
import { Refusal } from "../../kernel/refusal.ts";
import type { Input, Operation } from "../../kernel/service.ts";
import { describeJob, type JobRow, statuses } from "../jobs/row.ts";
import { placeOf, sizeOf, tokenOf } from "../page.ts";
import { notFound } from "../queue/queues.ts";
import { checkJob } from "../settings/job.ts";
import type { Parts } from "./parts.ts";

/** CreateJob and what asks about jobs. */
export function jobOperations(parts: Parts): Record<string, Operation> {
  const { cloud, arns, queues, runner, policy } = parts;
  const { store } = cloud;
  const describe = (row: JobRow) =>
    describeJob(row, { job: arns.job(row.id), queue: arns.queue(row.queue) });
  const need = (id: unknown): JobRow => {
    const row = store.get<JobRow>("SELECT * FROM mediaconvert_jobs WHERE id = ?", String(id));
    if (!row) throw notFound("job", String(id));
    return row;
  };
  const onJob = (action: string) => (input: Input) => ({
    action: `mediaconvert:${action}`,
    resource: arns.job(String(input.Id)),
  });

  const list = (input: ListJobsCommandInput & { InputFile?: string | undefined }) => {
    const where: string[] = [];
    const values: SQLInputValue[] = [];
    if (input.Queue !== undefined) {
      const queue = queues.find(input.Queue);
      if (!queue) throw notFound("queue", input.Queue);
      where.push("queue = ?");
      values.push(queue.name);
    }
    if (input.Status !== undefined) {
      if (!statuses.some((status) => status === input.Status)) {
        throw new Refusal(
          "BadRequestException",
          `/status: should be one of ${statuses.join(", ")}`,
        );
      }
      where.push("status = ?");
      values.push(input.Status);
    }
    if (input.InputFile !== undefined) {
      if (input.InputFile.length > 300) {
        throw new Refusal("BadRequestException", "/inputFile: may have at most 300 characters");
      }
      where.push("instr(input, ?) > 0");
      values.push(input.InputFile);
    }
    const order = orderOf(input.Order, "DESCENDING");
    // the place is a job and not a count: jobs that come or change state move nobody's page
    if (input.NextToken !== undefined) {
      where.push(order === "ASC" ? "seq > ?" : "seq < ?");
      values.push(placeOf(input.NextToken));
    }
    const size = sizeOf(input.MaxResults);
    const rows = store.all<JobRow>(
      `SELECT * FROM mediaconvert_jobs ${where.length > 0 ? `WHERE ${where.join(" AND ")}` : ""} ORDER BY seq ${order} LIMIT ${size + 1}`,
      ...values,
    );
    const items = rows.slice(0, size);
    const last = rows.length > size ? items.at(-1) : undefined;
    const next = last ? { NextToken: tokenOf(last.seq) } : {};
    return { Jobs: items.map(describe), ...next };
  };

  return {
    CreateJob: {
      needs(input: Input) {
        const queue = typeof input?.Queue === "string" ? input.Queue : undefined;
        const name = queues.find(queue)?.name ?? queue?.split("/").at(-1) ?? "Default";
        return [
          { action: "mediaconvert:CreateJob", resource: arns.queue(name) },
          ...(typeof input?.Role === "string"
            ? [
                {
                  action: "iam:PassRole",
                  resource: input.Role,
                  context: { "iam:PassedToService": "mediaconvert.amazonaws.com" },
                },
              ]
            : []),
        ];
      },
      run(given: unknown) {
        if (typeof given === "object" && given !== null && "JobTemplate" in given) {
          throw new Refusal(
            "BadRequestException",
            "/jobTemplate: job templates are not implemented on the laptop",
          );
        }
        checkJob(given);
        const input: CreateJobCommandInput = given;
        const queue = queues.find(input.Queue);
        if (!queue)
          throw new Refusal("BadRequestException", `/queue: there is no queue ${input.Queue}`);
        policy.allow(input.Settings);
        const row = store.transaction(
          () => again(input.ClientRequestToken) ?? insert(input, queue.name),
        );
        runner.wake();
        return { Job: describe(row) };
      },
    },
    GetJob: {
      needs: onJob("GetJob"),
      run: (input: GetJobCommandInput) => ({ Job: describe(need(input.Id)) }),
    },
    ListJobs: {
      needs: (input: Input) => ({
        action: "mediaconvert:ListJobs",
        resource:
          input.Queue === undefined
            ? "*"
            : arns.queue(queues.find(input.Queue)?.name ?? String(input.Queue)),
      }),
      run: (input: ListJobsCommandInput) => list(input),
    },
    SearchJobs: {
      needs: () => ({ action: "mediaconvert:SearchJobs", resource: "*" }),
      run: (input: SearchJobsCommandInput) => list(input),
    },
    CancelJob: {
      needs: onJob("CancelJob"),
      run(input: CancelJobCommandInput) {
        runner.cancel(need(input.Id));
        return {};
      },
    },
  };

  /** The job that the same token made less than a minute ago. */
  function again(token: string | undefined): JobRow | undefined {
    if (!token) return undefined;
    return store.get<JobRow>(
      "SELECT * FROM mediaconvert_jobs WHERE token = ? AND createdAtMs > ? ORDER BY seq DESC LIMIT 1",
      token,
      cloud.now() - TOKEN_WINDOW_MS,
    );
  }

  function insert(input: CreateJobCommandInput, queue: string): JobRow {
    const now = cloud.now();
    const id = `${now}-${letters(6)}`;
    store.run(
      `INSERT INTO mediaconvert_jobs (id, queue, status, priority, input, token, request, createdAtMs)
       VALUES (?, ?, 'SUBMITTED', ?, ?, ?, ?, ?)`,
      id,
      queue,
      input.Priority ?? 0,
      input.Settings?.Inputs?.[0]?.FileInput ?? "",
      input.ClientRequestToken ?? null,
      JSON.stringify(input),
      now,
    );
    parts.tags.set(arns.job(id), input.Tags ?? {});
    return need(id);
  }
}

export function orderOf(order: unknown, standard: string): "ASC" | "DESC" {
  const asked = order ?? standard;
  if (asked === "ASCENDING") return "ASC";
  if (asked === "DESCENDING") return "DESC";
  throw new Refusal("BadRequestException", "/order: should be one of ASCENDING, DESCENDING");
}

function letters(count: number): string {
  return Array.from({ length: count }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const TOKEN_WINDOW_MS = 60_000;
