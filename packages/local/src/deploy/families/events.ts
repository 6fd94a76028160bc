import { ensure, type Family, given, optionalText, part, pascal, text } from "../family.ts";
import type { Resource } from "../graph.ts";

export const rule: Family = {
  async deploy({ inputs }, { call }) {
    await call(
      "events",
      "PutRule",
      given({
        Name: text(inputs, "name"),
        EventBusName: optionalText(inputs, "eventBusName"),
        EventPattern: optionalText(inputs, "eventPattern"),
        ScheduleExpression: optionalText(inputs, "scheduleExpression"),
        State: optionalText(inputs, "state") ?? "ENABLED",
      }),
    );
  },
  physical: ({ inputs }) => text(inputs, "name"),
  async remove(Rule, { call }) {
    const { Targets = [] } = await call<{ Targets?: Array<{ Id: string }> }>(
      "events",
      "ListTargetsByRule",
      { Rule },
    );
    if (Targets.length) {
      await call("events", "RemoveTargets", { Rule, Ids: Targets.map((target) => target.Id) });
    }
    await call("events", "DeleteRule", { Name: Rule });
  },
};

export const target: Family = {
  async deploy(resource, { call }) {
    const { inputs } = resource;
    const transformer = part(inputs, "inputTransformer");
    await call(
      "events",
      "PutTargets",
      given({
        Rule: text(inputs, "rule"),
        EventBusName: optionalText(inputs, "eventBusName"),
        Targets: [
          given({
            Id: targetId(resource),
            Arn: text(inputs, "arn"),
            RoleArn: optionalText(inputs, "roleArn"),
            Input: optionalText(inputs, "input"),
            InputPath: optionalText(inputs, "inputPath"),
            InputTransformer: transformer && {
              InputPathsMap: transformer.inputPaths ?? {},
              InputTemplate: transformer.inputTemplate,
            },
            DeadLetterConfig: deadLetters(inputs.deadLetterConfig),
            RetryPolicy: inputs.retryPolicy && pascal(inputs.retryPolicy),
            SqsParameters: inputs.sqsTarget && pascal(inputs.sqsTarget),
          }),
        ],
      }),
    );
  },
  physical: (resource) => `${text(resource.inputs, "rule")} ${targetId(resource)}`,
  async remove(physical, { call }) {
    const [Rule, Id] = physical.split(" ");
    await call("events", "RemoveTargets", { Rule, Ids: [Id] });
  },
};

export const schedule: Family = {
  async deploy({ inputs }, { call }) {
    const aim = part(inputs, "target") ?? {};
    const input = given({
      Name: text(inputs, "name"),
      GroupName: optionalText(inputs, "groupName"),
      ScheduleExpression: text(inputs, "scheduleExpression"),
      ScheduleExpressionTimezone: optionalText(inputs, "scheduleExpressionTimezone"),
      State: optionalText(inputs, "state"),
      FlexibleTimeWindow: pascal(part(inputs, "flexibleTimeWindow") ?? { mode: "OFF" }),
      Target: given({
        Arn: text(aim, "arn"),
        RoleArn: text(aim, "roleArn"),
        Input: optionalText(aim, "input"),
        RetryPolicy: aim.retryPolicy && pascal(aim.retryPolicy),
        DeadLetterConfig: deadLetters(aim.deadLetterConfig),
      }),
    });
    await ensure(
      ["ConflictException"],
      () => call("scheduler", "CreateSchedule", input),
      () => call("scheduler", "UpdateSchedule", input),
    );
  },
  physical: ({ inputs }) => text(inputs, "name"),
  async remove(Name, { call }) {
    await call("scheduler", "DeleteSchedule", { Name });
  },
};

const targetId = ({ name, inputs }: Resource): string => optionalText(inputs, "targetId") ?? name;

/** Pulumi's provider takes `{ arn }`, SST's components sometimes a list of one. */
function deadLetters(config: unknown): { Arn: unknown } | undefined {
  const one = Array.isArray(config) ? config[0] : config;
  return one && typeof one === "object" && "arn" in one ? { Arn: one.arn } : undefined;
}
