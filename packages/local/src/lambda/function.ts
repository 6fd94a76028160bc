import type { Caller, PolicyDocument, Statement } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";

/** A function as the graph describes it. */
export interface FunctionDefinition {
  name: string;
  arn: string;
  roleArn: string;
  /** Absolute path of the file with the handler; the extension may be left out, as in SST. */
  entry: string;
  exportName: string;
  /** What the stacks set by themselves; the runtime adds what AWS adds. */
  environment: Record<string, string>;
  /** What SST links, by name: each becomes `SST_RESOURCE_<name>`. */
  links: Record<string, object>;
  timeoutSeconds: number;
  memoryMb: number;
  reservedConcurrency?: number;
  /** `Text` when absent. */
  logFormat?: "Text" | "JSON";
  nodejs?: NodejsSettings;
  /** The function's own policy: who else may invoke it. */
  policy?: Statement[];
  asynchronous?: AsyncConfig;
  description?: string;
}

/** The `nodejs` argument of `sst.aws.Function`. */
export interface NodejsSettings {
  minify?: boolean;
  sourcemap?: boolean;
  format?: "esm" | "cjs";
  splitting?: boolean;
  banner?: string;
  loader?: Record<string, string>;
  install?: string[] | Record<string, string>;
  esbuild?: Record<string, unknown>;
}

export interface AsyncConfig {
  /** 0 to 2, 2 when absent. */
  maximumRetryAttempts?: number;
  /** 60 to 21600, 21600 when absent. */
  maximumEventAgeSeconds?: number;
  /** ARN of a queue, topic, function or event bus. */
  onFailure?: string;
}

/** A function that can be run: its definition and its bundle. */
export interface DeployedFunction extends FunctionDefinition {
  bundle: Bundle;
  deployedAtMs: number;
  /** What the resource policy says, as a document. */
  document: PolicyDocument | undefined;
  /** The function acting under its role; asked for each time, so a changed role counts at once. */
  actor(): Caller;
}

export interface Bundle {
  /** LAMBDA_TASK_ROOT */
  folder: string;
  /** Absolute path of the file with the handler in it. */
  file: string;
  sha256: string;
  sizeBytes: number;
}

export interface Functions {
  define(definition: FunctionDefinition, bundle: Bundle): DeployedFunction;
  /** @throws Refusal `ResourceNotFoundException` */
  require(nameOrArn: unknown): DeployedFunction;
  find(nameOrArn: unknown): DeployedFunction | undefined;
  /** The ARN permissions are checked against, also of a function that does not exist. */
  arnOf(nameOrArn: unknown): string;
  all(): DeployedFunction[];
}

export function openFunctions(cloud: Cloud): Functions {
  const byName = new Map<string, DeployedFunction>();

  const find = (nameOrArn: unknown) => {
    const named = NAMED.exec(String(nameOrArn ?? ""))?.groups;
    if (!named || (named.qualifier ?? "$LATEST") !== "$LATEST") return undefined;
    if ((named.region ?? cloud.region) !== cloud.region) return undefined;
    if ((named.account ?? cloud.accountId) !== cloud.accountId) return undefined;
    return byName.get(named.name ?? "");
  };

  const arnOf = (nameOrArn: unknown) => {
    const found = find(nameOrArn);
    if (found) return found.arn;
    const name = NAMED.exec(String(nameOrArn ?? ""))?.groups?.name ?? String(nameOrArn ?? "");
    return `arn:aws:lambda:${cloud.region}:${cloud.accountId}:function:${name}`;
  };

  return {
    define(definition, bundle) {
      const deployed: DeployedFunction = {
        ...definition,
        bundle,
        deployedAtMs: cloud.now(),
        document: definition.policy?.length
          ? { Version: "2012-10-17", Statement: definition.policy }
          : undefined,
        actor: () => cloud.iam.assume(definition.roleArn, "lambda.amazonaws.com"),
      };
      byName.set(definition.name, deployed);
      return deployed;
    },
    find,
    require(nameOrArn) {
      const found = find(nameOrArn);
      if (found) return found;
      throw new Refusal(
        "ResourceNotFoundException",
        `Function not found: ${arnOf(nameOrArn)}${qualifierOf(nameOrArn)}`,
        { httpStatus: 404, about: { Type: "User" } },
      );
    },
    arnOf,
    all: () => [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

/** What GetFunctionConfiguration answers. */
export function describe(found: DeployedFunction): object {
  return {
    FunctionName: found.name,
    FunctionArn: found.arn,
    Runtime: RUNTIME,
    Role: found.roleArn,
    Handler: handlerName(found),
    CodeSize: found.bundle.sizeBytes,
    CodeSha256: found.bundle.sha256,
    Description: found.description ?? "",
    Timeout: found.timeoutSeconds,
    MemorySize: found.memoryMb,
    LastModified: new Date(found.deployedAtMs).toISOString().replace("Z", "+0000"),
    Version: "$LATEST",
    Environment: { Variables: found.environment },
    TracingConfig: { Mode: "PassThrough" },
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: [process.arch === "arm64" ? "arm64" : "x86_64"],
    LoggingConfig: { LogFormat: found.logFormat ?? "Text", LogGroup: `/aws/lambda/${found.name}` },
  };
}

/** `_HANDLER`: the bundle's file without its extension, and the export. */
export function handlerName(found: DeployedFunction): string {
  const file = found.bundle.file.slice(found.bundle.folder.length + 1);
  return `${file.replaceAll("\\", "/").replace(/\.[^./]+$/, "")}.${found.exportName}`;
}

export const RUNTIME = "nodejs24.x";

function qualifierOf(nameOrArn: unknown): string {
  const qualifier = NAMED.exec(String(nameOrArn ?? ""))?.groups?.qualifier;
  return qualifier ? `:${qualifier}` : "";
}

// a name, ACCOUNT:function:NAME or a whole ARN, each with an optional :QUALIFIER
const NAMED =
  /^(?:arn:aws[\w-]*:lambda:(?<region>[a-z0-9-]+):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[\w-]{1,64})(?::(?<qualifier>[$\w-]+))?$/;
