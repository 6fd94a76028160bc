import type { Need } from "../../kernel/caller.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Input } from "../../kernel/service.ts";
import { DATA_LIMIT_BYTES, type Json } from "../json.ts";
import { revisionIn } from "../tokens.ts";
import { errorIn } from "./executions.ts";
import { invalid, jsonProblem, required } from "./input.ts";
import type { Operations, Room } from "./room.ts";

/** What the outside says to a task that waits for it. */
export function callbackOperations({ journal, interpreter }: Room): Operations {
  const on =
    (action: string) =>
    (input: Input): Need[] => {
      const revision = revisionIn(String(input.taskToken ?? ""));
      // What is no token opens nothing: it is refused for that, not for a missing permission.
      if (revision === undefined) return [];
      return [{ action: `states:${action}`, resource: journal.machineOf(revision) ?? "*" }];
    };

  function holder(input: Input) {
    const token = required(input, "taskToken");
    if (revisionIn(token) === undefined)
      throw new Refusal("InvalidToken", "Invalid Token: 'Invalid token'");
    const held = journal.holder(token);
    if (!held) throw over();
    return { ...held, token };
  }

  return {
    SendTaskSuccess: {
      needs: on("SendTaskSuccess"),
      run(input: Input) {
        const output = input.output;
        if (typeof output !== "string")
          throw invalid("Value at 'output' failed to satisfy constraint: Member must not be null");
        if (Buffer.byteLength(output) > DATA_LIMIT_BYTES) {
          throw invalid(
            `Value at 'output' failed to satisfy constraint: Member must have length less than or equal to ${DATA_LIMIT_BYTES}`,
          );
        }
        const problem = jsonProblem(output);
        if (problem !== undefined)
          throw new Refusal("InvalidOutput", `Invalid Output: '${problem}'`);
        const { arn, strand, token } = holder(input);
        if (!interpreter.answer(arn, strand, token, { value: JSON.parse(output) as Json }))
          throw over();
        return {};
      },
    },

    SendTaskFailure: {
      needs: on("SendTaskFailure"),
      run(input: Input) {
        const failure = errorIn(input);
        const { arn, strand, token } = holder(input);
        if (!interpreter.answer(arn, strand, token, { failure })) throw over();
        return {};
      },
    },

    SendTaskHeartbeat: {
      needs: on("SendTaskHeartbeat"),
      run(input: Input) {
        const { arn, strand, token } = holder(input);
        if (!interpreter.heartbeat(arn, strand, token)) throw over();
        return {};
      },
    },
  };
}

function over(): Refusal {
  return new Refusal("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
}
