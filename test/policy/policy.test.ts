import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Graph, Resource } from "../../scripts/synth/graph.ts";
import type { Rule } from "./policies.ts";
import * as delivery from "./rules/delivery.ts";
import * as permissions from "./rules/permissions.ts";
import * as storage from "./rules/storage.ts";
import * as watch from "./rules/watch.ts";

const production: Graph = JSON.parse(readFileSync("stacks/graph/production.gen.json", "utf8"));
const dev: Graph = JSON.parse(readFileSync("stacks/graph/dev.gen.json", "utf8"));

/** A rule, and what would break it: each way alone must be heard. */
interface Row {
  promise: string;
  rule: Rule;
  broken: Record<string, (graph: Graph) => void>;
}

const rows: Row[] = [
  {
    promise: "no wildcard action",
    rule: permissions.noWildcardAction,
    broken: {
      "a whole service": (graph) =>
        policy(graph, "SubmitRole", "inlinePolicies.0.policy", (statements) => {
          first(statements).Action = ["dynamodb:*"];
        }),
      "everything but": (graph) =>
        policy(graph, "WorkflowRole", "inlinePolicies.0.policy", (statements) => {
          delete first(statements).Action;
          first(statements).NotAction = ["iam:PassRole"];
        }),
      "a managed policy": (graph) => {
        the(graph, "ValidateRole").inputs.managedPolicyArns = [
          "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        ];
      },
    },
  },
  {
    promise: "every resource only where the service knows none",
    rule: permissions.starOnlyWhereNothingElse,
    broken: {
      "any table": (graph) =>
        policy(graph, "RecordRole", "inlinePolicies.0.policy", (statements) => {
          first(statements).Resource = ["*"];
        }),
    },
  },
  {
    promise: "every function role trusts Lambda alone",
    rule: permissions.functionRolesTrustLambdaAlone,
    broken: {
      "the account, as SST has it": (graph) =>
        policy(graph, "ResumeRole", "assumeRolePolicy", (statements) => {
          first(statements).Principal = {
            Service: ["lambda.amazonaws.com"],
            AWS: [`arn:aws:iam::${graph.accountId}:root`],
          };
        }),
      "another service": (graph) =>
        policy(graph, "ResumeRole", "assumeRolePolicy", (statements) => {
          first(statements).Principal = { Service: "edgelambda.amazonaws.com" };
        }),
    },
  },
  {
    promise: "every function has a role of its own",
    rule: permissions.oneRoleAFunction,
    broken: {
      "two in one": (graph) => {
        the(graph, "PlaybackFunction").inputs.role = the(graph, "SubmitFunction").inputs.role;
      },
    },
  },
  {
    promise: "PassRole is pinned to one role and one service",
    rule: permissions.passRoleIsPinned,
    broken: {
      "any role": (graph) =>
        policy(graph, "SubmitRole", "inlinePolicies.0.policy", (statements) => {
          about(statements, "iam:PassRole").Resource = `arn:aws:iam::${graph.accountId}:role/*`;
        }),
      "any service": (graph) =>
        policy(graph, "SubmitRole", "inlinePolicies.0.policy", (statements) => {
          delete about(statements, "iam:PassRole").Condition;
        }),
    },
  },
  {
    promise: "jobs read buckets, never the web",
    rule: permissions.jobsReadOnlyBuckets,
    broken: {
      "no condition": (graph) =>
        policy(graph, "SubmitRole", "inlinePolicies.0.policy", (statements) => {
          delete about(statements, "mediaconvert:CreateJob").Condition;
        }),
    },
  },
  {
    promise: "services say for whom they act",
    rule: permissions.servicesSayForWhom,
    broken: {
      "MediaConvert for anybody": (graph) =>
        policy(graph, "EncoderRole", "assumeRolePolicy", (statements) => {
          delete first(statements).Condition;
        }),
      "EventBridge for anybody": (graph) =>
        policy(graph, "UndeliveredPolicy", "policy", (statements) => {
          delete first(statements).Condition;
        }),
    },
  },
  {
    promise: "no public bucket",
    rule: storage.noPublicBucket,
    broken: {
      "a switch is off": (graph) => {
        the(graph, "SourcesPublicAccessBlock").inputs.blockPublicPolicy = false;
      },
      "no switches": (graph) => remove(graph, "StreamsPublicAccessBlock"),
      "an open statement": (graph) =>
        policy(graph, "StreamsPolicy", "policy", (statements) => {
          first(statements).Principal = "*";
        }),
    },
  },
  {
    promise: "buckets want TLS",
    rule: storage.bucketsWantTls,
    broken: {
      "no policy": (graph) => remove(graph, "SourcesPolicy"),
    },
  },
  {
    promise: "films are read through our distribution alone",
    rule: storage.filmsAreReadThroughTheDistribution,
    broken: {
      "any distribution": (graph) =>
        policy(graph, "StreamsPolicy", "policy", (statements) => {
          delete first(statements).Condition;
        }),
      "another distribution": (graph) =>
        policy(graph, "StreamsPolicy", "policy", (statements) => {
          first(statements).Condition = {
            ArnEquals: { "aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/EOTHER" },
          };
        }),
    },
  },
  {
    promise: "uploads are written once",
    rule: storage.uploadsAreWrittenOnce,
    broken: {
      "no deny": (graph) =>
        policy(graph, "SourcesPolicy", "policy", (statements) => {
          statements.splice(1);
        }),
      "a deny on nothing": (graph) =>
        policy(graph, "SourcesPolicy", "policy", (statements) => {
          about(statements, "s3:PutObject").Resource = "arn:aws:s3:::elsewhere/*";
        }),
    },
  },
  {
    promise: "CORS names its origins",
    rule: storage.corsNamesItsOrigins,
    broken: {
      "SST's default": (graph) => {
        set(the(graph, "SourcesCors"), "corsRules.0.allowedOrigins", ["*"]);
      },
    },
  },
  {
    promise: "nothing is delivered without a grant",
    rule: storage.everyPathWantsAGrant,
    broken: {
      "an open default": (graph) => {
        set(the(graph, "CdnDistribution"), "defaultCacheBehavior.trustedKeyGroups", undefined);
      },
      "open playlists": (graph) => {
        set(the(graph, "CdnDistribution"), "orderedCacheBehaviors.0.trustedKeyGroups", []);
      },
      "in the clear": (graph) => {
        set(
          the(graph, "CdnDistribution"),
          "defaultCacheBehavior.viewerProtocolPolicy",
          "allow-all",
        );
      },
    },
  },
  {
    promise: "production keeps its data",
    rule: storage.productionKeepsItsData,
    broken: {
      "removal is allowed": (graph) => {
        graph.protect = false;
      },
      "a bucket goes with the app": (graph) => {
        delete the(graph, "SourcesBucket").retain;
      },
      "SST's default for buckets": (graph) => {
        the(graph, "Streams").inputs.forceDestroy = true;
      },
      "a table without protection": (graph) => {
        the(graph, "LibraryTable").inputs.deletionProtectionEnabled = false;
      },
      "a table without the past": (graph) => {
        delete the(graph, "LibraryTable").inputs.pointInTimeRecovery;
      },
      "sources without versions": (graph) => remove(graph, "SourcesVersioning"),
      "a key that is gone at once": (graph) => {
        the(graph, "SigningSecret").inputs.recoveryWindowInDays = 0;
      },
    },
  },
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
          about(statements, "sqs:SendMessage").Resource =
            "arn:aws:sqs:us-east-1:111122223333:other";
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
];

describe.each(rows)("$promise", ({ rule, broken }) => {
  it("holds in production", () => {
    expect(rule(production)).toEqual([]);
  });

  it.each(Object.entries(broken))("is missed when broken: %s", (_, spoil) => {
    const graph = structuredClone(production);
    spoil(graph);
    expect(rule(graph)).not.toEqual([]);
  });
});

it.each(rows.filter(({ rule }) => rule !== storage.productionKeepsItsData))(
  "on the laptop as well: $promise",
  ({ rule }) => {
    expect(rule(dev)).toEqual([]);
  },
);

it("the stages differ in what they keep, not in what they are", () => {
  // SST names a queue's subscriber after a hash of the queue's ARN, which has the account in it
  const kinds = (graph: Graph) =>
    graph.resources
      .map(({ type, name }) => `${type} ${name.replace(/Subscriber[A-Z][a-z]{5}/, "Subscriber")}`)
      .filter((it) => !/ Bell/.test(it));
  expect(kinds(dev)).toEqual(kinds(production));
});

// ---- breaking a graph

interface Statement {
  Action?: string | string[];
  NotAction?: string[];
  Resource?: string | string[];
  Principal?: unknown;
  Condition?: unknown;
}

function the(graph: Graph, name: string): Resource {
  const found = graph.resources.filter((resource) => resource.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources named ${name}`);
  return found[0];
}

function remove(graph: Graph, name: string): void {
  graph.resources.splice(graph.resources.indexOf(the(graph, name)), 1);
}

function set(resource: Resource, path: string, value: unknown): void {
  const steps = path.split(".");
  const last = steps.pop();
  let at = resource.inputs;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  if (last) at[last] = value;
}

function get(resource: Resource, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], resource.inputs);
}

function policy(
  graph: Graph,
  name: string,
  path: string,
  change: (statements: Statement[]) => void,
): void {
  const resource = the(graph, name);
  const document = JSON.parse(String(get(resource, path)));
  document.Statement = [document.Statement].flat();
  change(document.Statement);
  set(resource, path, JSON.stringify(document));
}

function first(statements: Statement[]): Statement {
  if (!statements[0]) throw new Error("A policy without statements");
  return statements[0];
}

function about(statements: Statement[], action: string): Statement {
  return first(statements.filter(({ Action }) => [Action].flat().includes(action)));
}

function story(graph: Graph, change: (states: Record<string, Record<string, unknown>>) => void) {
  const machine = the(graph, "Workflow");
  const definition = JSON.parse(String(machine.inputs.definition));
  change(definition.States);
  machine.inputs.definition = JSON.stringify(definition);
}
