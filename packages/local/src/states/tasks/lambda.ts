import type { Caller } from "../../kernel/caller.ts";
import type { Cloud } from "../../kernel/cloud.ts";
import { StateFailed } from "../failure.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { parsed, toJson } from "./shape.ts";

interface Invoked {
  StatusCode?: number;
  Payload?: Uint8Array | string;
  FunctionError?: string;
  ExecutedVersion?: string;
}

/** `lambda:invoke`: the answer's payload is parsed; a function's error fails the task by its name. */
export async function invoke(cloud: Cloud, caller: Caller, given: JsonObject): Promise<Json> {
  const { Payload, ...rest } = given;
  const answer = await call(cloud, caller, {
    ...rest,
    ...(Payload === undefined ? {} : { Payload: JSON.stringify(Payload) }),
  });
  return {
    ...(toJson(answer, false) as JsonObject),
    ExecutedVersion: answer.ExecutedVersion ?? "$LATEST",
    Payload: parsed(answer.Payload),
    StatusCode: answer.StatusCode ?? 200,
  };
}

/** A task whose resource is the function itself: the payload is the whole result. */
export async function invokeFunction(cloud: Cloud, caller: Caller, arn: string, given: Json) {
  const input = { FunctionName: arn, Payload: JSON.stringify(given) };
  return parsed((await call(cloud, caller, input)).Payload);
}

async function call(cloud: Cloud, caller: Caller, input: JsonObject): Promise<Invoked> {
  const answer = await cloud.call<Invoked>("lambda", "Invoke", input, caller);
  if (answer.FunctionError === undefined) return answer;
  const problem = parsed(answer.Payload);
  const errorType = isObject(problem) ? problem.errorType : undefined;
  throw new StateFailed({
    error: typeof errorType === "string" && errorType ? errorType : "Lambda.Unknown",
    cause: JSON.stringify(problem),
  });
}
