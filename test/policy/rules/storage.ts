import type { Graph, Resource } from "../../../scripts/synth/graph.ts";
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

/** Four switches and no open statement: what is stored is nobody's by default. */
export const noPublicBucket: Rule = (graph) =>
  ofType(graph, "aws:s3/bucket:Bucket").flatMap((bucket) => {
    const block = about(graph, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket);
    return [
      ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]
        .filter((flag) => fieldOf<boolean>(block?.inputs, flag, false) !== true)
        .map((flag) => `${bucket.name} has no ${flag}`),
      ...bucketStatements(graph, bucket)
        .filter((statement) => statement.Effect === "Allow")
        .filter((statement) => principals(statement, "AWS").includes("*"))
        .map(() => `the policy of ${bucket.name} allows everybody something`),
      ...graph.resources
        .filter(({ type }) => /bucketAcl|WebsiteConfiguration/.test(type))
        .filter(({ inputs }) => inputs.bucket === bucket.inputs.bucket)
        .map(({ name }) => `${name} opens ${bucket.name}`),
    ];
  });

export const bucketsWantTls: Rule = (graph) =>
  ofType(graph, "aws:s3/bucket:Bucket").flatMap((bucket) =>
    bucketStatements(graph, bucket).some(
      (statement) =>
        statement.Effect === "Deny" &&
        statement.Principal === "*" &&
        speaksOf(statement, "s3:*") &&
        conditioned(statement, "aws:SecureTransport").includes("false"),
    )
      ? []
      : [`${bucket.name} may be read and written in the clear`],
  );

/** Only the distribution reads films, and only films. */
export const filmsAreReadThroughTheDistribution: Rule = (graph) => {
  const distributions = ofType(graph, "aws:cloudfront/distribution:Distribution");
  return ofType(graph, "aws:s3/bucket:Bucket").flatMap((bucket) =>
    bucketStatements(graph, bucket)
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap((statement) => {
        const sources = conditioned(statement, "aws:SourceArn");
        const ours = sources.every((arn) => distributions.some((one) => one.arn === arn));
        return [
          ...(principals(statement, "Service").includes("cloudfront.amazonaws.com") &&
          !(sources.length > 0 && ours)
            ? [`${bucket.name} is read by other distributions than ours`]
            : []),
          ...(several(statement.Resource).some((arn) => arn === `${bucket.arn}/*`)
            ? [`${bucket.name} is read whole`]
            : []),
        ];
      }),
  );
};

/** An upload's key is written once: the bucket itself refuses a second time. */
export const uploadsAreWrittenOnce: Rule = (graph) => {
  const uploads = fieldOf(graph.functions, "Validate.links.Intake.uploadsPrefix", "");
  const name = graph.outputs.SourceBucket;
  const bucket = ofType(graph, "aws:s3/bucket:Bucket").find(({ inputs }) => inputs.bucket === name);
  if (!bucket) return ["there is no source bucket"];
  return bucketStatements(graph, bucket).some(
    (statement) =>
      statement.Effect === "Deny" &&
      statement.Principal === "*" &&
      speaksOf(statement, "s3:PutObject") &&
      several(statement.Resource).includes(`${bucket.arn}/${uploads}*`) &&
      conditioned(statement, "s3:if-none-match").includes("true") &&
      fieldOf(statement.Condition, "Null", undefined) !== undefined,
  )
    ? []
    : [`${bucket.name} lets an upload be overwritten`];
};

/** Every origin of a browser is spelled out. */
export const corsNamesItsOrigins: Rule = (graph) =>
  [
    ...ofType(graph, "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration").map(
      ({ name, inputs }) => ({
        name,
        origins: fieldOf<{ allowedOrigins: string[] }[]>(inputs, "corsRules", []).flatMap(
          ({ allowedOrigins }) => allowedOrigins,
        ),
      }),
    ),
    ...ofType(graph, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").map(
      ({ name, inputs }) => ({
        name,
        origins: fieldOf<string[]>(inputs, "corsConfig.accessControlAllowOrigins.items", []),
      }),
    ),
    ...ofType(graph, "aws:apigatewayv2/api:Api").map(({ name, inputs }) => ({
      name,
      origins: fieldOf<string[]>(inputs, "corsConfiguration.allowOrigins", []),
    })),
  ]
    .filter(({ origins }) => origins.some((origin) => origin.includes("*")))
    .map(({ name }) => `${name} lets pages of any origin in`);

/** No film is reachable without a grant, whatever the path looks like: only the API is asked without. */
export const everyPathWantsAGrant: Rule = (graph) =>
  ofType(graph, "aws:cloudfront/distribution:Distribution").flatMap(({ name, inputs }) => {
    const behaviors = [
      { pathPattern: "*", ...fieldOf<Behavior>(inputs, "defaultCacheBehavior", {}) },
      ...fieldOf<Behavior[]>(inputs, "orderedCacheBehaviors", []),
    ];
    const api = new Set(
      fieldOf<{ originId: string; customOriginConfig?: unknown }[]>(inputs, "origins", []).flatMap(
        ({ originId, customOriginConfig }) => (customOriginConfig ? [originId] : []),
      ),
    );
    const groups = ofType(graph, "aws:cloudfront/keyGroup:KeyGroup").map(({ id }) => id);
    return [
      ...behaviors
        .filter(
          ({ pathPattern, targetOriginId = "" }) =>
            !(pathPattern === "/api/*" && api.has(targetOriginId)),
        )
        .filter(({ trustedKeyGroups = [] }) => !trustedKeyGroups.some((id) => groups.includes(id)))
        .map(({ pathPattern }) => `${name} answers ${pathPattern} without a grant`),
      ...behaviors
        .filter(({ viewerProtocolPolicy }) => viewerProtocolPolicy === "allow-all")
        .map(({ pathPattern }) => `${name} answers ${pathPattern} in the clear`),
    ];
  });

interface Behavior {
  pathPattern?: string;
  targetOriginId?: string;
  trustedKeyGroups?: string[];
  viewerProtocolPolicy?: string;
}

/** Production may not lose a film: not by removing the app, not by a slip, not by an overwrite. */
export const productionKeepsItsData: Rule = (graph) => [
  ...(graph.protect ? [] : [`${graph.app} ${graph.stage} may be removed`]),
  ...(graph.removal === "remove" ? ["removing the app removes its data"] : []),
  ...ofType(graph, "aws:s3/bucket:Bucket").flatMap(({ name, retain, inputs }) => [
    ...(retain ? [] : [`${name} goes with the app`]),
    ...(inputs.forceDestroy === false ? [] : [`${name} may be destroyed with what is in it`]),
  ]),
  ...ofType(graph, "aws:dynamodb/table:Table").flatMap(({ name, retain, inputs }) => [
    ...(retain ? [] : [`${name} goes with the app`]),
    ...(inputs.deletionProtectionEnabled === true ? [] : [`${name} may be deleted`]),
    ...(fieldOf(inputs, "pointInTimeRecovery.enabled", false)
      ? []
      : [`${name} cannot be put back to an earlier minute`]),
  ]),
  ...ofType(graph, "aws:s3/bucket:Bucket")
    .filter(({ inputs }) => inputs.bucket === graph.outputs.SourceBucket)
    .filter((bucket) => {
      const versioning = about(graph, "aws:s3/bucketVersioning:BucketVersioning", bucket);
      return (
        fieldOf<string>(versioning?.inputs, "versioningConfiguration.status", "") !== "Enabled"
      );
    })
    .map(({ name }) => `${name} forgets what is overwritten`),
  ...ofType(graph, "aws:cognito/userPool:UserPool")
    .filter(({ inputs }) => inputs.deletionProtection !== "ACTIVE")
    .map(({ name }) => `${name} may be deleted, with everybody in it`),
  ...ofType(graph, "aws:secretsmanager/secret:Secret")
    .filter(({ inputs }) => fieldOf(inputs, "recoveryWindowInDays", 30) < 7)
    .map(({ name }) => `${name} is gone the moment it is deleted`),
];

function about(graph: Graph, type: string, bucket: Resource): Resource | undefined {
  return ofType(graph, type).find(({ inputs }) => inputs.bucket === bucket.inputs.bucket);
}

function bucketStatements(graph: Graph, bucket: Resource): Statement[] {
  return policies(graph)
    .filter(({ of }) => of.type === "aws:s3/bucketPolicy:BucketPolicy")
    .filter(({ of }) => of.inputs.bucket === bucket.inputs.bucket)
    .flatMap(({ statements }) => statements);
}
