import type { Graph, Resource } from "../../../scripts/synth/graph.ts";
import {
  conditioned,
  fieldOf,
  ofType,
  policies,
  principals,
  type Rule,
  several,
  speaksOf,
} from "../policies.ts";

/** What EventBridge cannot deliver is kept, and it is allowed to put it there. */
export const rulesHaveDeadLetters: Rule = (graph) =>
  ofType(graph, "aws:cloudwatch/eventTarget:EventTarget").flatMap(({ name, inputs }) => {
    const rule = ofType(graph, "aws:cloudwatch/eventRule:EventRule").find(
      ({ id }) => id === inputs.rule,
    );
    if (!rule?.arn) return [`${name} belongs to a rule that is not in the graph`];
    const target = queueOf(graph, inputs.arn);
    return [
      ...deadLetters(graph, name, fieldOf(inputs, "deadLetterConfig.arn", ""), rule.arn),
      ...(fieldOf(inputs, "retryPolicy.maximumRetryAttempts", 0) > 0
        ? []
        : [`${name} is tried once`]),
      ...(target && !letsIn(graph, target, rule.arn)
        ? [`${target.name} does not let ${rule.name} in`]
        : []),
    ];
  });

/** A schedule sends under its own role: that role must reach the dead letters. */
export const schedulesHaveDeadLetters: Rule = (graph) =>
  ofType(graph, "aws:scheduler/schedule:Schedule").flatMap(({ name, inputs }) => {
    const dead = queueOf(graph, fieldOf(inputs, "target.deadLetterConfig.arn", ""));
    if (!dead?.arn) return [`${name} has no dead letters`];
    return mayDo(graph, fieldOf(inputs, "target.roleArn", ""), "sqs:SendMessage", dead.arn)
      ? []
      : [`${name} may not write to ${dead.name}`];
  });

/** Who is invoked without anybody waiting says where its failures go, and may put them there. */
export const asyncFunctionsHaveDeadLetters: Rule = (graph) =>
  ofType(graph, "aws:lambda/function:Function")
    .filter(({ arn }) => invokers(graph).has(String(arn)))
    .flatMap(({ name, inputs }) => {
      const config = ofType(
        graph,
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
      ).find((one) => one.inputs.functionName === inputs.name);
      const destination = fieldOf(config?.inputs, "destinationConfig.onFailure.destination", "");
      const dead = queueOf(graph, destination);
      if (!dead?.arn) return [`${name} forgets the events it failed on`];
      return mayDo(graph, inputs.role, "sqs:SendMessage", dead.arn)
        ? []
        : [`${name} may not write to ${dead.name}`];
    });

/** A message nobody can work on leaves the queue, after fair tries. */
export const fedQueuesHaveDeadLetters: Rule = (graph) =>
  ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").flatMap(({ name, inputs }) => {
    const queue = queueOf(graph, inputs.eventSourceArn);
    if (!queue) return [`${name} reads a queue that is not in the graph`];
    const redrive = JSON.parse(fieldOf(queue.inputs, "redrivePolicy", "{}"));
    const dead = queueOf(graph, redrive.deadLetterTargetArn);
    const fn = ofType(graph, "aws:lambda/function:Function").find(
      ({ arn }) => arn === inputs.functionName,
    );
    return [
      ...(dead ? [] : [`${queue.name} has no dead letters`]),
      // a throttled delivery counts as a try
      ...(redrive.maxReceiveCount >= 10 ? [] : [`${queue.name} gives up after few tries`]),
      ...(fieldOf<string[]>(inputs, "functionResponseTypes", []).includes("ReportBatchItemFailures")
        ? []
        : [`${name} repeats a whole batch for one bad message`]),
      ...(fieldOf(queue.inputs, "visibilityTimeoutSeconds", 30) >= fieldOf(fn?.inputs, "timeout", 3)
        ? []
        : [`${queue.name} gives a message to a second reader while the first still works`]),
      ...(fn && mayDo(graph, fn.inputs.role, "sqs:DeleteMessage", String(queue.arn))
        ? []
        : [`${name} may not take messages from ${queue.name}`]),
    ];
  });

/** A dead letter keeps the age of its message: it must outlive the queue it comes from. */
export const deadLettersLiveLonger: Rule = (graph) =>
  ofType(graph, "aws:sqs/queue:Queue").flatMap((queue) => {
    const redrive = JSON.parse(fieldOf(queue.inputs, "redrivePolicy", "{}"));
    const dead = queueOf(graph, redrive.deadLetterTargetArn);
    return dead && keptSeconds(dead) < keptSeconds(queue)
      ? [`${dead.name} forgets sooner than ${queue.name}`]
      : [];
  });

/** A dead letter brings the count of its receives along: a reader of dead letters needs tries left. */
export const deadLettersHaveTriesLeft: Rule = (graph) => {
  const redriveOf = (queue: Resource) =>
    JSON.parse(fieldOf(queue.inputs, "redrivePolicy", "{}")) as {
      deadLetterTargetArn?: string;
      maxReceiveCount?: number;
    };
  return ofType(graph, "aws:sqs/queue:Queue").flatMap((queue) => {
    const { deadLetterTargetArn, maxReceiveCount = 0 } = redriveOf(queue);
    const dead = queueOf(graph, deadLetterTargetArn);
    const tries = dead && redriveOf(dead).maxReceiveCount;
    return tries !== undefined && tries < maxReceiveCount + 10
      ? [`${dead?.name} passes on what ${queue.name} gave up, after few tries or none`]
      : [];
  });
};

/** What is announced reaches the queues that want to hear it, and they hear nobody else. */
export const topicsReachTheirQueues: Rule = (graph) =>
  ofType(graph, "aws:sns/topicSubscription:TopicSubscription").flatMap(({ name, inputs }) => {
    const queue = queueOf(graph, inputs.endpoint);
    if (!queue) return [`${name} leads to no queue of ours`];
    const lets = policies(graph)
      .filter(({ of }) => of.type === "aws:sqs/queuePolicy:QueuePolicy")
      .filter(({ of }) => of.inputs.queueUrl === queue.id)
      .flatMap(({ statements }) => statements)
      .filter(({ Effect }) => Effect === "Allow");
    const heard = lets.some(
      (statement) =>
        principals(statement, "Service").includes("sns.amazonaws.com") &&
        speaksOf(statement, "sqs:SendMessage") &&
        conditioned(statement, "aws:SourceArn").join() === inputs.topic,
    );
    return [
      ...(heard ? [] : [`${queue.name} does not let ${inputs.topic} in, or lets others in too`]),
      ...(lets.length === 1 ? [] : [`${queue.name} lets in more than its topic`]),
    ];
  });

export function keptSeconds(queue: Resource): number {
  return fieldOf(queue.inputs, "messageRetentionSeconds", 345_600);
}

export function queueOf(graph: Graph, arn: unknown): Resource | undefined {
  return ofType(graph, "aws:sqs/queue:Queue").find((queue) => queue.arn === arn);
}

function deadLetters(graph: Graph, name: string, arn: string, source: string): string[] {
  const dead = queueOf(graph, arn);
  if (!dead) return [`${name} has no dead letters`];
  return letsIn(graph, dead, source) ? [] : [`${dead.name} does not let ${source} in`];
}

/** Whether a queue's policy lets EventBridge in for this rule, and says for which. */
function letsIn(graph: Graph, queue: Resource, source: string): boolean {
  return policies(graph)
    .filter(({ of }) => of.type === "aws:sqs/queuePolicy:QueuePolicy")
    .filter(({ of }) => of.inputs.queueUrl === queue.id)
    .flatMap(({ statements }) => statements)
    .some(
      (statement) =>
        statement.Effect === "Allow" &&
        principals(statement, "Service").includes("events.amazonaws.com") &&
        speaksOf(statement, "sqs:SendMessage") &&
        several(statement.Resource).includes(String(queue.arn)) &&
        conditioned(statement, "aws:SourceArn").includes(source),
    );
}

function mayDo(graph: Graph, roleArn: unknown, action: string, resource: string): boolean {
  return policies(graph)
    .filter(({ of, kind }) => kind === "identity" && of.arn === roleArn)
    .flatMap(({ statements }) => statements)
    .some(
      (statement) =>
        statement.Effect === "Allow" &&
        speaksOf(statement, action) &&
        several(statement.Resource).includes(resource),
    );
}

/** ARNs of functions that rules, schedules and topics invoke: none of them waits for the answer. */
function invokers(graph: Graph): Set<string> {
  return new Set([
    ...ofType(graph, "aws:cloudwatch/eventTarget:EventTarget").map(({ inputs }) => `${inputs.arn}`),
    ...ofType(graph, "aws:scheduler/schedule:Schedule").map(({ inputs }) =>
      fieldOf(inputs, "target.arn", ""),
    ),
    ...ofType(graph, "aws:sns/topicSubscription:TopicSubscription").map(
      ({ inputs }) => `${inputs.endpoint}`,
    ),
  ]);
}
