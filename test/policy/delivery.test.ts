import { first, policy, remove, set, the } from "./breaking.ts";
import { keep } from "./promises.ts";
import * as delivery from "./rules/delivery.ts";

keep([
  {
    promise: "rules keep what they could not deliver",
    rule: delivery.rulesHaveDeadLetters,
    broken: {
      "no dead letters": (graph) => {
        delete the(graph, "SourceArrivedTarget").inputs.deadLetterConfig;
      },
      "dead letters without a policy": (graph) => remove(graph, "UndeliveredPolicy"),
      "a policy for another rule": (graph) =>
        policy(graph, "UndeliveredPolicy", "policy", (statements) => {
          first(statements).Condition = {
            ArnEquals: { "aws:SourceArn": "arn:aws:events:us-east-1:111122223333:rule/other" },
          };
        }),
      "a target that lets nobody in": (graph) => remove(graph, "JobEventsPolicy"),
      "a single try": (graph) => {
        set(the(graph, "ExecutionsDiedTarget"), "retryPolicy.maximumRetryAttempts", 0);
      },
    },
  },
  {
    promise: "schedules keep what they could not deliver",
    rule: delivery.schedulesHaveDeadLetters,
    broken: {
      "no dead letters": (graph) => {
        set(the(graph, "SweepingSchedule"), "target.deadLetterConfig", undefined);
      },
      "a role that may not write there": (graph) =>
        policy(graph, "SweepingRole", "inlinePolicies.0.policy", (statements) => {
          statements.splice(1);
        }),
    },
  },
  {
    promise: "functions that nobody waits for keep what they failed on",
    rule: delivery.asyncFunctionsHaveDeadLetters,
    broken: {
      "no destination": (graph) => remove(graph, "SweepEventInvokeConfig"),
      "a role that may not write there": (graph) =>
        policy(graph, "SweepRole", "inlinePolicies.0.policy", (statements) => {
          for (const one of statements) {
            if ([one.Action].flat().includes("sqs:SendMessage")) {
              one.Resource = "arn:aws:sqs:us-east-1:111122223333:other";
            }
          }
        }),
    },
  },
  {
    promise: "queues that feed functions have dead letters",
    rule: delivery.fedQueuesHaveDeadLetters,
    broken: {
      "no dead letters": (graph) => {
        delete the(graph, "EncodesQueue").inputs.redrivePolicy;
      },
      "three tries": (graph) => {
        const { inputs } = the(graph, "DeathsQueue");
        inputs.redrivePolicy = `${inputs.redrivePolicy}`.replace(
          /"maxReceiveCount":\d+/,
          '"maxReceiveCount":3',
        );
      },
      "whole batches": (graph) => {
        const mapping = graph.resources.find(({ type }) => type.endsWith(":EventSourceMapping"));
        if (mapping) mapping.inputs.functionResponseTypes = [];
      },
      "seen twice at once": (graph) => {
        the(graph, "EncodesQueue").inputs.visibilityTimeoutSeconds = 5;
      },
    },
  },
  {
    promise: "dead letters live longer than the queue they come from",
    rule: delivery.deadLettersLiveLonger,
    broken: {
      "a day": (graph) => {
        the(graph, "JobEventsDeadQueue").inputs.messageRetentionSeconds = 86_400;
      },
    },
  },
  {
    promise: "dead letters that somebody reads have tries left",
    rule: delivery.deadLettersHaveTriesLeft,
    broken: {
      "as many as before": (graph) => {
        const queue = the(graph, "EncodesDeadQueue");
        queue.inputs.redrivePolicy = String(queue.inputs.redrivePolicy).replace(
          /"maxReceiveCount":\d+/,
          '"maxReceiveCount":20',
        );
      },
    },
  },
  {
    promise: "what is announced reaches its queues, and nothing else does",
    rule: delivery.topicsReachTheirQueues,
    broken: {
      "no policy": (graph) => remove(graph, "AnnouncedPolicy"),
      "any topic": (graph) =>
        policy(graph, "AnnouncedPolicy", "policy", (statements) => {
          delete first(statements).Condition;
        }),
      "buckets as well, as SST has it": (graph) =>
        policy(graph, "AnnouncedPolicy", "policy", (statements) => {
          statements.push({ ...first(statements), Principal: { Service: "s3.amazonaws.com" } });
        }),
    },
  },
]);
