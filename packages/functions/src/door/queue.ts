import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";
import { type About, observed } from "./observe.ts";
import { read } from "./read.ts";

/**
 * The door of a queue: each message stands for itself. One that fails comes again, and in the end
 * lies with the dead letters; the others of its batch are done.
 */
export function queue<Shape extends z.ZodType>(
  shape: Shape,
  about: (message: z.output<Shape>) => About,
  run: (message: z.output<Shape>) => Promise<unknown>,
) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
    for (const record of event.Records) {
      const done = await one(record).then(
        () => true,
        () => false, // told already, where it was observed
      );
      if (!done) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };

  async function one(record: SQSRecord): Promise<void> {
    const seen = shape.safeParse(parsed(record.body));
    await observed(seen.success ? about(seen.data) : {}, async () => {
      await run(seen.success ? seen.data : read(shape, parsed(record.body)));
    });
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
