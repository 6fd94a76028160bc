import { accountId, named, production, region } from "./stage.ts";

/** What every function has, unless its own stack says otherwise. */
$transform(sst.aws.Function, (args, _options, name) => {
  args.name ??= named(name);
  args.runtime ??= "nodejs24.x";
  args.architecture ??= "arm64";
  args.memory ??= "512 MB";
  args.logging ??= { format: "json", retention: production ? "3 months" : "2 weeks" };
  args.environment ??= {
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_LOG_LEVEL: production ? "INFO" : "DEBUG",
    NODE_OPTIONS: "--enable-source-maps",
  };
  args.nodejs ??= { format: "esm", minify: true, sourcemap: true };
  const logGroup = $interpolate`log-group:/aws/lambda/${args.name}`;
  args.permissions = $output(args.permissions ?? []).apply((own) => [
    ...own,
    {
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [$interpolate`arn:aws:logs:${region}:${accountId}:${logGroup}:*`],
    },
    // X-Ray knows no resources
    { actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] },
  ]);
  const own = args.transform ?? {};
  args.transform = {
    ...own,
    function: after(own.function, (fn) => {
      fn.tracingConfig = { mode: "Active" };
    }),
    role: after(own.role, (role) => {
      // SST 4.17.1 lets the whole account take on every function's role. `sst dev` needs that: a
      // handler then runs on the developer's machine under this role. A deployed one does not.
      if (!$dev) {
        role.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({
          Service: "lambda.amazonaws.com",
        });
      }
      // AWSLambdaBasicExecutionRole may write to every log group; the statement above is narrower
      role.managedPolicyArns = [];
    }),
  };
});

type Change<Args> = (args: Args, options: $util.CustomResourceOptions, name: string) => undefined;

/** A function's own transform first, then ours. */
function after<Args extends object>(
  own: Partial<Args> | Change<Args> | undefined,
  ours: (args: Args) => void,
): Change<Args> {
  return (args, options, name) => {
    if (typeof own === "function") own(args, options, name);
    else Object.assign(args, own);
    ours(args);
    return undefined;
  };
}
