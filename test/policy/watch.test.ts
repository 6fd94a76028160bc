import { expect, it } from "vitest";
import type { Graph } from "../../scripts/synth/graph.ts";
import { remove, set, story, the } from "./breaking.ts";
import { graphOf, keep } from "./promises.ts";
import * as watch from "./rules/watch.ts";

keep([
  {
    promise: "queues and topics are encrypted",
    rule: watch.queuesAndTopicsAreEncrypted,
    broken: {
      "a queue": (graph) => {
        the(graph, "EncodesDeadQueue").inputs.sqsManagedSseEnabled = false;
      },
      "a topic": (graph) => {
        delete the(graph, "AnnouncementsTopic").inputs.kmsMasterKeyId;
      },
    },
  },
  {
    promise: "every function has a log group that forgets",
    rule: watch.everyFunctionForgetsItsLogs,
    broken: {
      "no log group": (graph) => remove(graph, "PlaybackLogGroup"),
      "for ever": (graph) => {
        the(graph, "SweepLogGroup").inputs.retentionInDays = 0;
      },
    },
  },
  {
    promise: "executions are logged without their data",
    rule: watch.executionsAreLoggedWithoutData,
    broken: {
      "with data": (graph) => {
        set(the(graph, "Workflow"), "loggingConfiguration.includeExecutionData", true);
      },
      "not at all": (graph) => {
        delete the(graph, "Workflow").inputs.loggingConfiguration;
      },
    },
  },
  {
    promise: "functions and executions are traced",
    rule: watch.everythingIsTraced,
    broken: {
      "a function": (graph) => {
        delete the(graph, "ResumeFunction").inputs.tracingConfig;
      },
      "the machine": (graph) => {
        set(the(graph, "Workflow"), "tracingConfiguration.enabled", false);
      },
    },
  },
  {
    promise: "dead letters raise an alarm",
    rule: watch.deadLettersRaiseAlarms,
    broken: {
      "one is not watched": (graph) => remove(graph, "EncodesLostNotEmpty"),
    },
  },
  {
    promise: "queues that nobody reads raise an alarm",
    rule: watch.fedQueuesAreWatched,
    broken: {
      "one is not watched": (graph) => remove(graph, "RemovingWaiting"),
      "it rings when all is forgotten": (graph) => {
        the(graph, "PullingWaiting").inputs.threshold = 14 * 24 * 60 * 60;
      },
    },
  },
  {
    promise: "every task has a timeout",
    rule: watch.everyTaskHasATimeout,
    broken: {
      "the one that waits for a token": (graph) =>
        story(graph, (states) => {
          delete states.Encode?.TimeoutSeconds;
        }),
      "one deep in a map": (graph) =>
        story(graph, (states) => {
          states.Each = {
            Type: "Map",
            ItemProcessor: {
              States: {
                Deep: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke" },
              },
            },
          };
        }),
    },
  },
  {
    promise: "every task is caught",
    rule: watch.everyTaskIsCaught,
    broken: {
      "one is not": (graph) =>
        story(graph, (states) => {
          delete states["Record outputs"]?.Catch;
        }),
    },
  },
  {
    promise: "a message with a token outlives the task that waits for it",
    rule: watch.tokensOutliveTheirTasks,
    broken: {
      "SQS's default": (graph) => {
        delete the(graph, "EncodesQueue").inputs.messageRetentionSeconds;
      },
    },
  },
]);

it("the stages differ in what they keep, not in what they are", () => {
  // SST names a queue's subscriber after a hash of the queue's ARN, which has the account in it
  const kinds = (graph: Graph) =>
    graph.resources
      .map(({ type, name }) => `${type} ${name.replace(/Subscriber[A-Z][a-z]{5}/, "Subscriber")}`)
      .filter((it) => !/ Bell/.test(it));
  expect(kinds(graphOf("dev"))).toEqual(kinds(graphOf("production")));
});
