import type {
  CreateQueueCommandInput,
  ListQueuesCommandInput,
  UpdateQueueCommandInput,
} from "@aws-sdk/client-mediaconvert";
import { Refusal } from "../../kernel/refusal.ts";
import type { Input, Operation } from "../../kernel/service.ts";
import { page } from "../page.ts";
import { notFound } from "../queue/queues.ts";
import { type Fault, map, record, type Shape, text, whole, word } from "../settings/shape.ts";
import { orderOf } from "./jobs.ts";
import type { Parts } from "./parts.ts";

const common = {
  Name: text({ min: 1, max: 64, like: /^[\w.-]+$/, means: "should be letters, digits, _ . -" }),
  Description: text({ max: 2048 }),
  Status: word(["ACTIVE", "PAUSED"]),
  ConcurrentJobs: whole(1, 500),
};

const creation = record(
  { ...common, PricingPlan: word(["ON_DEMAND"], ["RESERVED"]), Tags: map(text({ max: 256 }), 50) },
  { required: ["Name"] },
);
const change = record(common, { required: ["Name"] });

export function queueOperations(parts: Parts): Record<string, Operation> {
  const { arns, queues, runner, tags } = parts;
  const onQueue = (action: string) => (input: Input) => ({
    action: `mediaconvert:${action}`,
    resource: arns.queue(String(input.Name)),
  });
  const wanted = (input: CreateQueueCommandInput | UpdateQueueCommandInput) => ({
    description: input.Description,
    status: input.Status,
    concurrentJobs: input.ConcurrentJobs,
  });
  return {
    CreateQueue: {
      needs: onQueue("CreateQueue"),
      run(input: CreateQueueCommandInput) {
        check(creation, input);
        const row = queues.create({ name: input.Name ?? "", ...wanted(input) });
        tags.set(arns.queue(row.name), input.Tags ?? {});
        return { Queue: queues.describe(row) };
      },
    },
    GetQueue: {
      needs: onQueue("GetQueue"),
      run(input: Input) {
        const row = queues.find(input.Name);
        if (!row) throw notFound("queue", String(input.Name));
        return { Queue: queues.describe(row) };
      },
    },
    UpdateQueue: {
      needs: onQueue("UpdateQueue"),
      run(input: UpdateQueueCommandInput) {
        check(change, input);
        const row = queues.update(input.Name ?? "", wanted(input));
        runner.wake();
        return { Queue: queues.describe(row) };
      },
    },
    DeleteQueue: {
      needs: onQueue("DeleteQueue"),
      run(input: Input) {
        queues.remove(String(input.Name));
        tags.clear(arns.queue(String(input.Name)));
        return {};
      },
    },
    ListQueues: {
      needs: () => ({ action: "mediaconvert:ListQueues", resource: "*" }),
      run(input: ListQueuesCommandInput) {
        const by = input.ListBy ?? "CREATION_DATE";
        if (by !== "NAME" && by !== "CREATION_DATE") {
          throw new Refusal("BadRequestException", "/listBy: should be one of NAME, CREATION_DATE");
        }
        const sorted = queues
          .all()
          .sort((a, b) =>
            by === "NAME" ? a.name.localeCompare(b.name) : a.createdAtMs - b.createdAtMs,
          );
        if (orderOf(input.Order, "ASCENDING") === "DESC") sorted.reverse();
        const { items, next } = page(sorted, input);
        return { Queues: items.map(queues.describe), ...next };
      },
    },
  };
}

function check(shape: Shape, input: unknown): void {
  const faults: Fault[] = [];
  shape(input, "", faults);
  if (faults.length === 0) return;
  throw new Refusal(
    "BadRequestException",
    faults.map(({ at, text: said }) => `${at}: ${said}`).join("; "),
  );
}
