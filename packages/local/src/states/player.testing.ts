import { Refusal } from "../kernel/refusal.ts";
import { type Task, withoutMetadata } from "./compare.testing.ts";
import type { Bench, Neighbour } from "./testing.ts";

/** Neighbours that answer what was recorded, task by task. */
export class Player {
  readonly tasks: Task[];
  table: Bench | undefined;
  next = 0;

  constructor(tasks: Task[]) {
    this.tasks = tasks;
  }

  neighbours(): Record<string, Neighbour> {
    const names = ["lambda", "sqs", "sns", "events", "dynamodb", "s3", "secretsmanager"];
    return Object.fromEntries(names.map((name) => [name, (_operation, input) => this.play(input)]));
  }

  play(input: Record<string, unknown>): unknown {
    const task = this.tasks[this.next];
    this.next += 1;
    if (!task) throw new Error("more calls than were recorded");
    if (task.resource.endsWith(".waitForTaskToken")) {
      void this.answer(task, tokenIn(input));
      const digest = task.resourceType === "sqs" ? { MD5OfMessageBody: "0" } : {};
      return { MessageId: "1", ...digest };
    }
    if (task.timedOut) return new Promise(() => undefined);
    if (task.error !== undefined) return this.fail(task);
    const output = withoutMetadata(task.output) as Record<string, unknown>;
    if (task.resource === "invoke") {
      return { ...output, Payload: JSON.stringify(output.Payload ?? null) };
    }
    if (task.resourceType === undefined)
      return { StatusCode: 200, Payload: JSON.stringify(task.output) };
    return output;
  }

  fail({ error = "", cause, resourceType }: Task): unknown {
    const text = typeof cause === "string" ? cause : JSON.stringify(cause);
    if (error === "EventBridge.FailedEntry") return cause;
    if (error === "States.DataLimitExceeded") {
      return { StatusCode: 200, Payload: JSON.stringify("x".repeat(300_000)) };
    }
    if (resourceType === undefined || (resourceType === "lambda" && !error.startsWith("Lambda."))) {
      const payload =
        typeof cause === "string" ? cause : { ...(cause as object), errorType: error };
      return { FunctionError: "Unhandled", StatusCode: 200, Payload: JSON.stringify(payload) };
    }
    const found = /^(.*?) \(Service: .*?Status Code: (\d+)(?:; Error Code: (\w+))?/s.exec(text);
    if (!found) throw new Error(text.replace("Unable to execute HTTP request: ", ""));
    const [, message = "", status, code] = found;
    const name = error.slice(error.indexOf(".") + 1).replace(/Exception$/, "");
    const unmodeled = ["DynamoDb", "SecretsManager"].includes(name) ? "ValidationException" : name;
    throw new Refusal(code ?? unmodeled, message, { httpStatus: Number(status) });
  }

  async answer(task: Task, taskToken: string): Promise<void> {
    if (task.timedOut) return;
    const { error, cause, output } = task;
    const failed = output === undefined;
    await this.table?.call(failed ? "SendTaskFailure" : "SendTaskSuccess", {
      taskToken,
      ...(failed
        ? {
            error,
            cause: cause === undefined || typeof cause === "string" ? cause : JSON.stringify(cause),
          }
        : { output: JSON.stringify(output) }),
    });
  }
}

/** Wherever the definition has put it. */
function tokenIn(input: object): string {
  return /AQC[A-Za-z0-9+/]{60,}=*/.exec(JSON.stringify(input))?.[0] ?? "";
}
