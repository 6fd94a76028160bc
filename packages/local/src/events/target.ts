import type { Caller } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { NotPretended, Refusal } from "../kernel/refusal.ts";
import { queueUrlOf } from "./delivery.ts";

/** What is sent to a target, whoever sends it. */
export interface Parcel {
  /** JSON, or the text an input transformer made */
  payload: string;
  /** The name of an execution this starts: the same each time the parcel is tried. */
  executionName: string;
  groupId?: string | undefined;
  /** for another bus */
  putEvent?: () => void | Promise<void>;
}

/** The kinds of target there are here, by the service in their ARN. */
export type TargetKind = "lambda" | "sqs" | "sns" | "states" | "events";

/** @throws NotPretended for a target that EventBridge has and this machine has not */
export function kindOf(arn: string): TargetKind {
  const [, , service = "", , , kind = ""] = arn.split(":");
  switch (service) {
    case "lambda":
    case "sqs":
    case "sns":
      return service;
    case "states":
      if (kind === "stateMachine") return service;
      break;
    case "events":
      if (kind.startsWith("event-bus/")) return service;
      break;
  }
  throw new NotPretended({ service: "events", action: `target ${arn}` });
}

/** @throws Refusal when the target did not take it */
export async function reach(
  cloud: Cloud,
  arn: string,
  parcel: Parcel,
  caller: Caller,
): Promise<void> {
  const { payload } = parcel;
  switch (kindOf(arn)) {
    case "lambda":
      await cloud.call(
        "lambda",
        "Invoke",
        { FunctionName: arn, InvocationType: "Event", Payload: Buffer.from(payload) },
        caller,
      );
      return;
    case "sqs":
      await cloud.call(
        "sqs",
        "SendMessage",
        {
          QueueUrl: queueUrlOf(cloud, arn),
          MessageBody: payload,
          ...(parcel.groupId ? { MessageGroupId: parcel.groupId } : {}),
        },
        caller,
      );
      return;
    case "sns":
      await cloud.call("sns", "Publish", { TopicArn: arn, Message: payload }, caller);
      return;
    case "states":
      await start(cloud, arn, parcel, caller);
      return;
    case "events":
      caller.check({ action: "events:PutEvents", resource: arn });
      await parcel.putEvent?.();
  }
}

async function start(cloud: Cloud, arn: string, parcel: Parcel, caller: Caller): Promise<void> {
  try {
    await cloud.call(
      "states",
      "StartExecution",
      { stateMachineArn: arn, name: parcel.executionName, input: parcel.payload },
      caller,
    );
  } catch (error) {
    // It was started by an earlier try whose end nobody saw.
    if (!(error instanceof Refusal) || error.code !== "ExecutionAlreadyExists") throw error;
  }
}
