import type { Graph } from "../../../scripts/synth/graph.ts";
import { fieldOf, ofType, type Rule } from "../policies.ts";
import { keptSeconds, queueOf } from "./delivery.ts";

/** Messages carry task tokens and titles. */
export const queuesAndTopicsAreEncrypted: Rule = (graph) => [
  ...ofType(graph, "aws:sqs/queue:Queue")
    .filter(({ inputs }) => inputs.sqsManagedSseEnabled !== true && !inputs.kmsMasterKeyId)
    .map(({ name }) => `${name} is not encrypted`),
  ...ofType(graph, "aws:sns/topic:Topic")
    .filter(({ inputs }) => !inputs.kmsMasterKeyId)
    .map(({ name }) => `${name} is not encrypted`),
];

/** A log group nobody made is kept for ever. */
export const everyFunctionForgetsItsLogs: Rule = (graph) =>
  ofType(graph, "aws:lambda/function:Function").flatMap(({ name, inputs }) => {
    const logs = fieldOf(inputs, "loggingConfig.logGroup", "");
    const group = ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find(({ id }) => id === logs);
    if (!group) return [`${name} has no log group of its own`];
    return fieldOf(group.inputs, "retentionInDays", 0) > 0 ? [] : [`${group.name} keeps for ever`];
  });

/** Inputs name people's films, and callback tasks carry their tokens: the log has neither. */
export const executionsAreLoggedWithoutData: Rule = (graph) =>
  ofType(graph, "aws:sfn/stateMachine:StateMachine").flatMap(({ name, inputs }) => {
    const { level, includeExecutionData } = fieldOf<Record<string, unknown>>(
      inputs,
      "loggingConfiguration",
      {},
    );
    return [
      ...(level && level !== "OFF" ? [] : [`${name} logs nothing`]),
      ...(includeExecutionData === false ? [] : [`${name} logs tokens and titles`]),
    ];
  });

export const everythingIsTraced: Rule = (graph) => [
  ...ofType(graph, "aws:lambda/function:Function")
    .filter(({ inputs }) => fieldOf<string>(inputs, "tracingConfig.mode", "") !== "Active")
    .map(({ name }) => `${name} is not traced`),
  ...ofType(graph, "aws:sfn/stateMachine:StateMachine")
    .filter(({ inputs }) => !fieldOf(inputs, "tracingConfiguration.enabled", false))
    .map(({ name }) => `${name} is not traced`),
];

/** A queue that only failures reach is watched: whoever falls in is seen. */
export const deadLettersRaiseAlarms: Rule = (graph) => {
  const watched = new Set(
    ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm")
      .filter(({ inputs }) => inputs.metricName === "ApproximateNumberOfMessagesVisible")
      .map(({ inputs }) => fieldOf(inputs, "dimensions.QueueName", "")),
  );
  return deadLetterArns(graph)
    .map((arn) => queueOf(graph, arn))
    .filter((queue) => queue && !watched.has(String(queue.inputs.name)))
    .map((queue) => `nobody watches ${queue?.name}`);
};

/** A message that nobody reads shows in its age, long before it is forgotten. */
export const fedQueuesAreWatched: Rule = (graph) => {
  const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => ({
    queue: fieldOf(inputs, "dimensions.QueueName", ""),
    seconds:
      inputs.metricName === "ApproximateAgeOfOldestMessage"
        ? fieldOf(inputs, "threshold", Number.POSITIVE_INFINITY)
        : 0,
  }));
  return ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").flatMap(
    ({ name, inputs }) => {
      const queue = queueOf(graph, inputs.eventSourceArn);
      const kept = queue ? keptSeconds(queue) : 0;
      return alarms.some((one) => one.queue === queue?.inputs.name && one.seconds < kept / 2)
        ? []
        : [`nobody is told when ${queue?.name ?? name} is not read`];
    },
  );
};

/** Without a timeout a lost answer is waited for a year. */
export const everyTaskHasATimeout: Rule = (graph) =>
  machines(graph).flatMap(({ name, tasks }) =>
    tasks
      .filter(({ state }) => !state.TimeoutSeconds && !state.TimeoutSecondsPath)
      .map((task) => `${task.name} of ${name} may wait for a year`),
  );

/** A caught failure has a story; an uncaught one leaves a film in the middle of it. */
export const everyTaskIsCaught: Rule = (graph) =>
  machines(graph).flatMap(({ name, tasks }) =>
    tasks
      .filter(
        ({ state }) => !state.Catch?.some(({ ErrorEquals }) => ErrorEquals.includes("States.ALL")),
      )
      .map((task) => `${task.name} of ${name} may fail unheard`),
  );

/** A message that waits with a token must not vanish while its task still waits for it. */
export const tokensOutliveTheirTasks: Rule = (graph) =>
  machines(graph).flatMap(({ tasks }) =>
    tasks
      .filter(({ state }) => state.Resource === "arn:aws:states:::sqs:sendMessage.waitForTaskToken")
      .flatMap(({ name, state }) => {
        const waits = seconds(state.TimeoutSeconds);
        const queue = ofType(graph, "aws:sqs/queue:Queue").find(
          ({ id }) => id === state.Arguments?.QueueUrl,
        );
        if (!queue) return [`${name} sends to a queue that is not in the graph`];
        return waits !== undefined && keptSeconds(queue) >= waits
          ? []
          : [`${queue.name} forgets while ${name} still waits`];
      }),
  );

interface State {
  Type: string;
  Resource?: string;
  Arguments?: { QueueUrl?: string };
  TimeoutSeconds?: number | string;
  TimeoutSecondsPath?: string;
  Catch?: { ErrorEquals: string[] }[];
  Branches?: Machine[];
  ItemProcessor?: Machine;
  Iterator?: Machine;
}

interface Machine {
  States: Record<string, State>;
}

function machines(graph: Graph) {
  return ofType(graph, "aws:sfn/stateMachine:StateMachine").map(({ name, inputs }) => ({
    name,
    tasks: tasksOf(JSON.parse(String(inputs.definition))),
  }));
}

/** Every Task, however deep it lies in a Map or a Parallel. */
function tasksOf(machine: Machine): { name: string; state: State }[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    ...(state.Type === "Task" ? [{ name, state }] : []),
    ...[...(state.Branches ?? []), state.ItemProcessor, state.Iterator]
      .filter((inner) => inner !== undefined)
      .flatMap(tasksOf),
  ]);
}

/** A number, or an expression that is nothing but one: `{% 90 %}`. */
function seconds(timeout: State["TimeoutSeconds"]): number | undefined {
  if (typeof timeout !== "string") return timeout;
  const found = /^\{%\s*(\d+)\s*%\}$/.exec(timeout);
  return found?.[1] ? Number(found[1]) : undefined;
}

function deadLetterArns(graph: Graph): string[] {
  const redriven = ofType(graph, "aws:sqs/queue:Queue").map(
    ({ inputs }) => JSON.parse(fieldOf(inputs, "redrivePolicy", "{}")).deadLetterTargetArn,
  );
  const refused = ofType(graph, "aws:cloudwatch/eventTarget:EventTarget").map(({ inputs }) =>
    fieldOf(inputs, "deadLetterConfig.arn", undefined),
  );
  return [...new Set([...redriven, ...refused])].filter((arn) => arn !== undefined);
}
