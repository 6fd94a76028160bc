/** Where we are deployed. What differs between stages is decided with these, beside its noun. */

export const production = $app.stage === "production";

export const accountId = aws.getCallerIdentityOutput().accountId;

export const region = aws.getRegionOutput().region;

/** The physical name of something raw; SST names its own components the same way. */
export function named(noun: string): string {
  return `${$app.name}-${$app.stage}-${noun}`;
}

/** Under `sst dev` a breakpoint may hold a handler as long as Lambda allows. */
export function upTo(limit: `${number} seconds`): `${number} ${"seconds" | "minutes"}` {
  return $dev ? "15 minutes" : limit;
}

/** A role that one AWS service may take on, and only for the thing that `source` names. */
export function trusting(service: string, source: $util.Input<string>) {
  return aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sts:AssumeRole"],
        principals: [{ type: "Service", identifiers: [service] }],
        conditions: [
          { test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] },
          { test: "ArnLike", variable: "aws:SourceArn", values: [source] },
        ],
      },
    ],
  }).json;
}
