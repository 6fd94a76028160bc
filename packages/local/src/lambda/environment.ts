import { join } from "node:path";
import type { Cloud } from "../kernel/cloud.ts";
import { type DeployedFunction, handlerName, RUNTIME } from "./function.ts";

/**
 * Everything a function finds in `process.env`: what AWS's runtime sets, what SST links, what the
 * stacks say; nothing of the person who started this machine.
 */
export function environmentOf(cloud: Cloud, found: DeployedFunction, stream: string) {
  const keys = cloud.iam.keysFor(found.roleArn, found.name);
  const links = Object.entries(found.links).map(([name, link]) => [
    `SST_RESOURCE_${name}`,
    JSON.stringify(link),
  ]);
  return {
    ...Object.fromEntries(links),
    ...found.environment,
    AWS_REGION: cloud.region,
    AWS_DEFAULT_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken ? { AWS_SESSION_TOKEN: keys.sessionToken } : {}),
    AWS_ENDPOINT_URL: cloud.origin,
    // Files that are not there: the SDK must not read the settings of whoever runs this machine.
    AWS_CONFIG_FILE: join(found.bundle.folder, "no-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(found.bundle.folder, "no-credentials"),
    AWS_EXECUTION_ENV: `AWS_Lambda_${RUNTIME}`,
    AWS_LAMBDA_FUNCTION_NAME: found.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(found.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${found.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: stream,
    AWS_LAMBDA_LOG_FORMAT: found.logFormat ?? "Text",
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000", // never written to: no trace here is sampled
    LAMBDA_TASK_ROOT: found.bundle.folder,
    _HANDLER: handlerName(found),
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
  } satisfies Record<string, string>;
}
