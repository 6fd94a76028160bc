import { about, first, policy, the } from "./breaking.ts";
import { keep } from "./promises.ts";
import * as permissions from "./rules/permissions.ts";

keep([
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
      "the scheduler for anybody, as SST has it": (graph) =>
        policy(graph, "SweepingRole", "assumeRolePolicy", (statements) => {
          delete first(statements).Condition;
        }),
      "EventBridge for anybody": (graph) =>
        policy(graph, "UndeliveredPolicy", "policy", (statements) => {
          delete first(statements).Condition;
        }),
    },
  },
  {
    promise: "only playback reads the key that signs",
    rule: permissions.onlyPlaybackReadsTheKey,
    broken: {
      "the API as well": (graph) =>
        policy(graph, "ApiRole", "inlinePolicies.0.policy", (statements) => {
          first(statements).Action = ["secretsmanager:GetSecretValue"];
        }),
      "any secret": (graph) =>
        policy(graph, "PlaybackRole", "inlinePolicies.0.policy", (statements) => {
          about(statements, "secretsmanager:GetSecretValue").Resource = "*";
        }),
      "writing, too": (graph) =>
        policy(graph, "PlaybackRole", "inlinePolicies.0.policy", (statements) => {
          about(statements, "secretsmanager:GetSecretValue").Action = [
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
          ];
        }),
      nobody: (graph) =>
        policy(graph, "PlaybackRole", "inlinePolicies.0.policy", (statements) => {
          about(statements, "secretsmanager:GetSecretValue").Action = ["dynamodb:GetItem"];
        }),
    },
  },
  {
    promise: "only the removal of a film takes films away, below their prefix",
    rule: permissions.onlyRemoveTakesFilmsAway,
    broken: {
      "the sweeper": (graph) =>
        policy(graph, "SweepRole", "inlinePolicies.0.policy", (statements) => {
          Object.assign(first(statements), {
            Action: ["s3:DeleteObject"],
            Resource: "arn:aws:s3:::rushes-production-streams/videos/*",
          });
        }),
      "the whole bucket": (graph) =>
        policy(graph, "RemoveRole", "inlinePolicies.0.policy", (statements) => {
          about(statements, "s3:DeleteObject").Resource =
            "arn:aws:s3:::rushes-production-streams/*";
        }),
    },
  },
]);
