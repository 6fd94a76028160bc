import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";
import { type About, observed } from "./observe.ts";
import { read } from "./read.ts";

/** How a message came, for work that is carried on later. */
export interface Carried {
  receiptHandle: string;
  /** When the function will be stopped. */
  untilMs: number;
}

/**
 * The door of a queue: each message stands for itself. One that fails comes again, and in the end
 * lies with the dead letters; the others of its batch are done.
 *
 * @param run answers `again` when nothing failed and the message shall come again all the same
 */
export function queue<Shape extends z.ZodType>(
  shape: Shape,
  about: (message: z.output<Shape>) => About,
  run: (message: z.output<Shape>, carried: Carried) => Promise<unknown>,
) {
  return async (
    event: SQSEvent,
    context?: Pick<Context, "getRemainingTimeInMillis">,
  ): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
    const untilMs = Date.now() + (context?.getRemainingTimeInMillis() ?? 0);
    for (const record of event.Records) {
      const done = await one(record, untilMs).then(
        (answer) => answer !== "again",
        () => false, // told already, where it was observed
      );
      if (!done) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };

  async function one(record: SQSRecord, untilMs: number): Promise<unknown> {
    const body = parsed(record.body);
    const seen = shape.safeParse(body);
    const { receiptHandle } = record;
    return observed(seen.success ? about(seen.data) : {}, async () =>
      run(seen.success ? seen.data : read(shape, body), { receiptHandle, untilMs }),
    );
  }
}

/** A body that is no JSON has no shape either. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
