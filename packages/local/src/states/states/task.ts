import type { Query, Scene } from "../query/query.ts";
import { parseResource } from "../tasks/resource.ts";
import { newToken } from "../tokens.ts";
import type { Kind } from "./kind.ts";

export const task: Kind = {
  retries: true,
  interruptible: true,
  async begin({ query, scene, context, cloud, run }) {
    const text = scene.state.Resource ?? "";
    const resource = parseResource(text);
    const token =
      resource.kind === "service" && resource.callback ? newToken(run.revision) : undefined;
    const seen = token === undefined ? scene : { ...scene, context: context({ token }) };
    const given = await query.arguments(seen);
    const timeout = await seconds(query, seen, "TimeoutSeconds");
    const heartbeat = await seconds(query, seen, "HeartbeatSeconds");
    if (timeout !== undefined && heartbeat !== undefined && heartbeat >= timeout) {
      throw query.wrong(
        "HeartbeatSeconds must be smaller than TimeoutSeconds.",
        "HeartbeatSeconds",
      );
    }
    const roleArn = await query.credentials(seen);
    const now = cloud.now();
    return {
      to: "call",
      call: {
        resource: text,
        given,
        ...(roleArn === undefined ? {} : { roleArn }),
        ...(timeout === undefined
          ? {}
          : { timeoutMs: timeout * 1000, deadlineMs: now + timeout * 1000 }),
        ...(token === undefined ? {} : { token }),
        ...(heartbeat === undefined ? {} : { heartbeatMs: heartbeat * 1000 }),
        // Only an answer from outside can be late with a heartbeat.
        ...(heartbeat === undefined || token === undefined
          ? {}
          : { heartbeatDueMs: now + heartbeat * 1000 }),
      },
    };
  },
};

async function seconds(query: Query, scene: Scene, field: string): Promise<number | undefined> {
  const value = await query.number(scene, field);
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || value < 1 || value > 99_999_999) {
    throw query.wrong(`${field} must be a whole number between 1 and 99999999: ${value}`, field);
  }
  return value;
}
