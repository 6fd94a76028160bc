import type { Graph } from "../../../scripts/synth/graph.ts";
import {
  conditioned,
  fieldOf,
  ofType,
  policies,
  principals,
  type Rule,
  type Statement,
  several,
  speaksOf,
} from "../policies.ts";

/** What may be done is spelled out. Forbidding everything at once is fine. */
export const noWildcardAction: Rule = (graph) => [
  ...allowed(graph).flatMap(({ of, statement }) => [
    ...several(statement.Action)
      .filter((action) => /[*?]/.test(action))
      .map((action) => `${of.name} allows ${action}`),
    ...(statement.NotAction ? [`${of.name} allows everything but a few actions`] : []),
  ]),
  ...ofType(graph, "aws:iam/role:Role").flatMap(({ name, inputs }) =>
    fieldOf<string[]>(inputs, "managedPolicyArns", []).map(
      (arn) => `${name} carries ${arn}, whose actions nobody here can read`,
    ),
  ),
  ...graph.resources
    .filter(({ type }) => /PolicyAttachment$/.test(type))
    .map(({ name }) => `${name} attaches a policy whose actions nobody here can read`),
];

/** Every action has its resources, where its service knows any. */
export const starOnlyWhereNothingElse: Rule = (graph) =>
  policies(graph)
    .filter(({ kind }) => kind === "identity")
    .flatMap(({ of, statements }) =>
      statements
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap((statement) => [
          ...(several(statement.Resource).includes("*")
            ? several(statement.Action)
                .filter((action) => !knowsNoResources.has(action))
                .map((action) => `${of.name} may ${action} on everything`)
            : []),
          ...(statement.NotResource ? [`${of.name} may act on all but a few resources`] : []),
          ...(statement.Resource || statement.NotResource ? [] : [`${of.name} names no resource`]),
        ]),
    );

/** Source: the service authorization reference, actions without a resource type. */
const knowsNoResources = new Set([
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "mediaconvert:Probe",
  "mediaconvert:SearchJobs",
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
]);

/** SST's own choice would let the whole account take on a function's role. */
export const functionRolesTrustLambdaAlone: Rule = (graph) =>
  ofType(graph, "aws:lambda/function:Function").flatMap(({ name, inputs }) => {
    const trust = policies(graph).find(
      ({ of, kind }) => kind === "trust" && of.arn === inputs.role,
    );
    if (!trust) return [`${name} runs under a role that is not in the graph`];
    const welcome = trust.statements.flatMap((statement) => [
      ...principals(statement, "Service"),
      ...principals(statement, "AWS"),
      ...several(typeof statement.Principal === "object" ? statement.Principal.Federated : []),
    ]);
    return welcome.length === 1 && welcome[0] === "lambda.amazonaws.com"
      ? []
      : [`${trust.of.name} of ${name} trusts ${welcome.join(", ") || "nobody"}`];
  });

/** Each function has a role of its own, so that none can do what another needs. */
export const oneRoleAFunction: Rule = (graph) => {
  const users = Map.groupBy(ofType(graph, "aws:lambda/function:Function"), ({ inputs }) =>
    String(inputs.role),
  );
  return [...users]
    .filter(([, functions]) => functions.length > 1)
    .map(([role, functions]) => `${functions.map(({ name }) => name).join(", ")} share ${role}`);
};

/** Handing a role to a service is handing over its rights: one role, to one service. */
export const passRoleIsPinned: Rule = (graph) =>
  allowed(graph)
    .filter(({ statement }) => speaksOf(statement, "iam:PassRole"))
    .flatMap(({ of, statement }) => {
      const roles = several(statement.Resource);
      const known = ofType(graph, "aws:iam/role:Role").some(({ arn }) => arn === roles[0]);
      const services = conditioned(statement, "iam:PassedToService");
      return [
        ...(roles.length === 1 && known ? [] : [`${of.name} may pass ${roles.join(", ")}`]),
        ...(services.length === 1 && !/[*?]/.test(services[0] ?? "*")
          ? []
          : [`${of.name} may pass a role to ${services.join(", ") || "any service"}`]),
      ];
    });

/** A playlist dressed as a film must not make MediaConvert fetch an address. */
export const jobsReadOnlyBuckets: Rule = (graph) =>
  allowed(graph)
    .filter(({ statement }) => speaksOf(statement, "mediaconvert:CreateJob"))
    .flatMap(({ of, statement }) =>
      ["mediaconvert:HttpInputsAllowed", "mediaconvert:HttpsInputsAllowed"]
        .filter((key) => !conditioned(statement, key).includes("false"))
        .map((key) => `${of.name} may create jobs whatever ${key} says`),
    );

/** A service acts for others too: it must say for whom, or it could be talked into acting for them. */
export const servicesSayForWhom: Rule = (graph) =>
  policies(graph).flatMap(({ of, kind, statements }) =>
    statements
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap((statement) =>
        principals(statement, "Service")
          // Lambda does not say for which function it takes on a role
          .filter((service) => !(kind === "trust" && service === "lambda.amazonaws.com"))
          .filter(
            () =>
              conditioned(statement, "aws:SourceArn").length === 0 &&
              conditioned(statement, "aws:SourceAccount").length === 0,
          )
          .map((service) => `${of.name} lets ${service} act for anybody`),
      ),
  );

/** One function signs. Who may read the key could let anybody watch anything. */
export const onlyPlaybackReadsTheKey: Rule = (graph) => {
  const secrets = ofType(graph, "aws:secretsmanager/secret:Secret").map(({ arn }) => arn);
  const reading = policies(graph)
    .filter(({ kind }) => kind === "identity")
    .flatMap(({ of, statements }) =>
      statements
        .filter(
          ({ Effect, Action }) =>
            Effect === "Allow" && several(Action).some((it) => it.startsWith("secretsmanager:")),
        )
        .map((statement) => ({ of, statement })),
    );
  const playback = roleOf(graph, "Playback");
  return [
    ...reading
      .filter(({ of }) => of.arn !== playback)
      .map(({ of }) => `${of.name} may read the key that signs`),
    ...reading
      .filter(
        ({ statement }) =>
          !several(statement.Resource).every((one) => secrets.includes(one)) ||
          several(statement.Action).some((it) => it !== "secretsmanager:GetSecretValue"),
      )
      .map(({ of }) => `${of.name} may do more than read one secret`),
    ...(reading.length > 0 ? [] : ["nobody can sign"]),
  ];
};

/** Finished films are taken away by one function, which only the removal of a film wakes. */
export const onlyRemoveTakesFilmsAway: Rule = (graph) => {
  const streams = ofType(graph, "aws:s3/bucket:Bucket").find(
    ({ inputs }) => inputs.bucket === graph.outputs.DeliveryBucket,
  );
  const remove = roleOf(graph, "Remove");
  return policies(graph)
    .filter(({ kind }) => kind === "identity")
    .flatMap(({ of, statements }) =>
      statements
        .filter(({ Effect, Action }) => Effect === "Allow" && several(Action).some(takesAway))
        .flatMap(({ Resource }) => several(Resource))
        .flatMap((resource) => [
          ...(of.arn !== remove && resource.startsWith(`${streams?.arn}`)
            ? [`${of.name} may take away ${resource}`]
            : []),
          ...(/:::[^/]+\/[\w-]+\/\*$/.test(resource)
            ? []
            : [`${of.name}: ${resource} is too much`]),
        ]),
    );
};

const takesAway = (action: string) => /^s3:DeleteObject/.test(action);

function allowed(graph: Parameters<Rule>[0]) {
  return policies(graph).flatMap(({ of, statements }) =>
    statements
      .filter(({ Effect }) => Effect === "Allow")
      .map((statement: Statement) => ({ of, statement })),
  );
}

function roleOf(graph: Graph, name: string): unknown {
  return graph.resources.find((one) => one.name === graph.functions[name]?.resource)?.inputs.role;
}
