import type { Graph, Resource } from "../../../scripts/synth/graph.ts";
import { fieldOf, ofType, policies, several } from "../policies.ts";

/** What of a handler's code bears on its rights. */
export interface Reached {
  /** SDK commands, such as `GetObjectCommand` */
  commands: string[];
  /** names of links that its configuration reads */
  links: string[];
}

/** Rights that the code can ask for and the function has not. */
export function tooFew(graph: Graph, name: string, { commands }: Reached): string[] {
  const granted = new Set(grantedTo(graph, name));
  return commands
    .flatMap((command) => rightsOf(command).needs)
    .filter((action) => !granted.has(action));
}

/** Rights that the function has and nothing of its code can ask for. */
export function tooMany(graph: Graph, name: string, { commands }: Reached): string[] {
  const explained = new Set([
    ...commands.map(rightsOf).flatMap(({ needs, beside = [] }) => [...needs, ...beside]),
    ...ofTheHouse(graph, name),
  ]);
  return grantedTo(graph, name).filter((action) => !explained.has(action));
}

/** Links that are read but not there, and links that are there but never read. */
export function wrongLinks(graph: Graph, name: string, { links }: Reached): string[] {
  // SST gives App to every function
  const linked = new Set([...Object.keys(graph.functions[name]?.links ?? {}), "App"]);
  const read = new Set([...links, "App"]);
  return eitherAlone(linked, read);
}

/** Where a machine's role and the tasks of its definition differ. */
export function wrongTaskRights(graph: Graph): string[] {
  return ofType(graph, "aws:sfn/stateMachine:StateMachine").flatMap(({ inputs }) => {
    const { States } = JSON.parse(String(inputs.definition)) as {
      States: Record<string, { Resource?: string }>;
    };
    const tasks = Object.values(States).flatMap(({ Resource }) => (Resource ? [Resource] : []));
    const needed = new Set(tasks.map(rightOfTask));
    const granted = actionsOf(graph, inputs.roleArn).filter((it) => !/^(xray|logs):/.test(it));
    return eitherAlone(new Set(granted), needed);
  });
}

function eitherAlone(one: Set<string>, other: Set<string>): string[] {
  return [...one, ...other].filter((it) => one.has(it) !== other.has(it)).sort();
}

interface Rights {
  needs: string[];
  /** goes with it where the code looks at versions, or wants to hear 404 instead of 403 */
  beside?: string[];
}

function rightsOf(command: string): Rights {
  const rights = RIGHTS[command];
  if (!rights) throw new Error(`Which rights does ${command} need? Add it to RIGHTS`);
  return rights;
}

const read: Rights = {
  needs: ["s3:GetObject"],
  beside: ["s3:GetObjectVersion", "s3:ListBucket"],
};

/** Source: the service authorization reference. */
const RIGHTS: Record<string, Rights> = {
  GetCommand: { needs: ["dynamodb:GetItem"] },
  PutCommand: { needs: ["dynamodb:PutItem"] },
  UpdateCommand: { needs: ["dynamodb:UpdateItem"] },
  DeleteCommand: { needs: ["dynamodb:DeleteItem"] },
  // which of them depends on what is written together
  TransactWriteCommand: {
    needs: [],
    beside: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
  },
  QueryCommand: { needs: ["dynamodb:Query"] },
  GetObjectCommand: read,
  HeadObjectCommand: read,
  ListObjectsV2Command: { needs: ["s3:ListBucket"] },
  ListObjectVersionsCommand: { needs: ["s3:ListBucketVersions"] },
  ListMultipartUploadsCommand: { needs: ["s3:ListBucketMultipartUploads"] },
  ListPartsCommand: { needs: ["s3:ListMultipartUploadParts"] },
  PutObjectCommand: { needs: ["s3:PutObject"] },
  CreateMultipartUploadCommand: { needs: ["s3:PutObject"] },
  UploadPartCommand: { needs: ["s3:PutObject"] },
  CompleteMultipartUploadCommand: { needs: ["s3:PutObject"] },
  AbortMultipartUploadCommand: { needs: ["s3:AbortMultipartUpload"] },
  DeleteObjectCommand: { needs: ["s3:DeleteObject"], beside: ["s3:DeleteObjectVersion"] },
  DeleteObjectsCommand: { needs: ["s3:DeleteObject"], beside: ["s3:DeleteObjectVersion"] },
  CreateInvalidationCommand: { needs: ["cloudfront:CreateInvalidation"] },
  SendMessageCommand: { needs: ["sqs:SendMessage"] },
  ChangeMessageVisibilityCommand: { needs: ["sqs:ChangeMessageVisibility"] },
  ProbeCommand: { needs: ["mediaconvert:Probe"] },
  CreateJobCommand: { needs: ["mediaconvert:CreateJob", "iam:PassRole"] },
  GetJobCommand: { needs: ["mediaconvert:GetJob"] },
  ListJobsCommand: { needs: ["mediaconvert:ListJobs"] },
  SearchJobsCommand: { needs: ["mediaconvert:SearchJobs"] },
  CancelJobCommand: { needs: ["mediaconvert:CancelJob"] },
  SendTaskSuccessCommand: { needs: ["states:SendTaskSuccess"] },
  SendTaskFailureCommand: { needs: ["states:SendTaskFailure"] },
  StartExecutionCommand: { needs: ["states:StartExecution"] },
  StopExecutionCommand: { needs: ["states:StopExecution"] },
  DescribeExecutionCommand: { needs: ["states:DescribeExecution"] },
  GetExecutionHistoryCommand: { needs: ["states:GetExecutionHistory"] },
  GetSecretValueCommand: { needs: ["secretsmanager:GetSecretValue"] },
};

/** `arn:aws:states:::sns:publish` takes `sns:Publish`; only Lambda's right has another name. */
function rightOfTask(resource: string): string {
  const [, service, api = ""] = /^arn:aws:states:::(\w+):(\w+)/.exec(resource) ?? [];
  if (service === "lambda") return "lambda:InvokeFunction";
  return `${service}:${api.charAt(0).toUpperCase()}${api.slice(1)}`;
}

/** Logs, traces, the queue that feeds it and the place for what it failed on. */
function ofTheHouse(graph: Graph, name: string): string[] {
  const fn = functionOf(graph, name);
  const fed = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").some(
    ({ inputs }) => inputs.functionName === fn.arn,
  );
  const fails = ofType(
    graph,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  ).some(({ inputs }) => inputs.functionName === fn.inputs.name);
  return [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    ...(fed ? ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"] : []),
    ...(fails ? ["sqs:SendMessage"] : []),
  ];
}

function grantedTo(graph: Graph, name: string): string[] {
  return actionsOf(graph, fieldOf(functionOf(graph, name).inputs, "role", ""));
}

function actionsOf(graph: Graph, roleArn: unknown): string[] {
  return policies(graph)
    .filter(({ of, kind }) => kind === "identity" && of.arn === roleArn)
    .flatMap(({ statements }) => statements.flatMap(({ Action }) => several(Action)));
}

function functionOf(graph: Graph, name: string): Resource {
  const resource = graph.functions[name]?.resource;
  const found = graph.resources.find((one) => one.name === resource);
  if (!found) throw new Error(`${name} has no function in the graph`);
  return found;
}
