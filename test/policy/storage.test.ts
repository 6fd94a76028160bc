import { about, first, policy, remove, set, the } from "./breaking.ts";
import { keep } from "./promises.ts";
import * as storage from "./rules/storage.ts";

keep([
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
      "SST's default for an API": (graph) => {
        the(graph, "GatewayApi").inputs.corsConfiguration = { allowOrigins: ["*"] };
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
        set(the(graph, "CdnDistribution"), "orderedCacheBehaviors.1.trustedKeyGroups", []);
      },
      "films where the API is": (graph) => {
        set(the(graph, "CdnDistribution"), "orderedCacheBehaviors.0.targetOriginId", "streams");
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
    productionOnly: true,
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
      "people may be deleted": (graph) => {
        the(graph, "PeopleUserPool").inputs.deletionProtection = "INACTIVE";
      },
      "a key that is gone at once": (graph) => {
        the(graph, "SigningSecret").inputs.recoveryWindowInDays = 0;
      },
    },
  },
]);
