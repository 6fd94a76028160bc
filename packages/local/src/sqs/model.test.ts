import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyone, testCloud } from "../kernel/testing.ts";
import { openSqs } from "./index.ts";
import type { Received } from "./receive.ts";

/** A message in the plainest words: who has it, until when, and how often it was had. */
interface Told {
  body: string;
  visibleMs: number;
  handle: string | undefined;
  receives: number;
}

type Step =
  | { do: "send"; delaySeconds: number }
  | { do: "receive"; most: number; hideSeconds: number }
  | { do: "delete" | "give back"; which: number }
  | { do: "wait"; seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("send" as const), delaySeconds: fc.constantFrom(0, 0, 5) }),
  fc.record({
    do: fc.constant("receive" as const),
    most: fc.integer({ min: 1, max: 4 }),
    hideSeconds: fc.constantFrom(0, 3, 10),
  }),
  fc.record({ do: fc.constantFrom("delete" as const, "give back" as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant("wait" as const), seconds: fc.constantFrom(1, 4, 10) }),
);

it("a queue loses nothing, gives nothing twice at a time, and counts right", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let now = 1_000_000;
      const { cloud, close } = testCloud({ now: () => now });
      openSqs(cloud);
      const call = <Out>(operation: string, input: object) =>
        cloud.call<Out>("sqs", operation, { QueueUrl: "x/q", ...input }, anyone);
      await call("CreateQueue", { QueueName: "q" });
      const model: Told[] = [];
      const handles: string[] = [];
      for (const [index, one] of steps.entries()) {
        switch (one.do) {
          case "send": {
            const body = `m${index}`;
            await call("SendMessage", { MessageBody: body, DelaySeconds: one.delaySeconds });
            const visibleMs = now + one.delaySeconds * 1000;
            model.push({ body, visibleMs, handle: undefined, receives: 0 });
            break;
          }
          case "receive": {
            const { Messages = [] } = await call<{ Messages?: Received[] }>("ReceiveMessage", {
              MaxNumberOfMessages: one.most,
              VisibilityTimeout: one.hideSeconds,
              MessageSystemAttributeNames: ["ApproximateReceiveCount"],
            });
            const ready = model.filter(({ visibleMs }) => visibleMs <= now);
            expect(Messages.length).toBe(Math.min(ready.length, one.most));
            expect(new Set(Messages.map(({ Body }) => Body)).size).toBe(Messages.length);
            for (const { Body, ReceiptHandle = "", Attributes } of Messages) {
              const told = ready.find(({ body }) => body === Body);
              if (!told) throw new Error(`${Body} should be out of sight`);
              told.receives += 1;
              told.handle = ReceiptHandle;
              told.visibleMs = now + one.hideSeconds * 1000;
              handles.push(ReceiptHandle);
              expect(Attributes?.ApproximateReceiveCount).toBe(String(told.receives));
            }
            break;
          }
          case "delete": {
            const ReceiptHandle = handles[one.which];
            if (ReceiptHandle === undefined) break;
            await call("DeleteMessage", { ReceiptHandle });
            const at = model.findIndex(({ handle }) => handle === ReceiptHandle);
            if (at >= 0) model.splice(at, 1);
            break;
          }
          case "give back": {
            const told = model.find(({ handle }) => handle === handles[one.which]);
            if (!told?.handle || told.visibleMs <= now) break;
            await call("ChangeMessageVisibility", {
              ReceiptHandle: told.handle,
              VisibilityTimeout: 0,
            });
            told.visibleMs = now;
            break;
          }
          case "wait":
            now += one.seconds * 1000;
        }
        const { Attributes } = await call<{ Attributes: Record<string, string> }>(
          "GetQueueAttributes",
          { AttributeNames: ["All"] },
        );
        const hidden = model.filter(({ visibleMs }) => visibleMs > now);
        expect(Attributes).toMatchObject({
          ApproximateNumberOfMessages: String(model.length - hidden.length),
          ApproximateNumberOfMessagesNotVisible: String(
            hidden.filter(({ handle }) => handle).length,
          ),
          ApproximateNumberOfMessagesDelayed: String(hidden.filter(({ handle }) => !handle).length),
        });
      }
      await close();
    }),
    { numRuns: 40 },
  );
});
