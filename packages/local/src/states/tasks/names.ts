import type { Refusal } from "../../kernel/refusal.ts";
import type { Failure } from "../failure.ts";

/** How a service is called here, and how its errors are called in a definition. */
export interface Names {
  /** In this cloud. */
  service: string;
  /** Before the dot: `SQS.QueueDoesNotExistException`. */
  prefix: string;
  /** The error for codes that the service's SDK does not model, such as a denied access. */
  base: string;
  /** What a cause says after `Service:`. */
  title: string;
  /** Parameters are PascalCase in a definition; this service's SDK begins its members in lower case. */
  camel?: boolean;
}

const optimised: Record<string, Names> = {
  lambda: { service: "lambda", prefix: "Lambda", base: "AWSLambdaException", title: "AWSLambda" },
  sqs: { service: "sqs", prefix: "SQS", base: "AmazonSQSException", title: "AmazonSQS" },
  sns: { service: "sns", prefix: "SNS", base: "AmazonSNSException", title: "AmazonSNS" },
  events: {
    service: "events",
    prefix: "EventBridge",
    base: "AmazonEventBridgeException",
    title: "AmazonEventBridge",
  },
  dynamodb: {
    service: "dynamodb",
    prefix: "DynamoDB",
    base: "AmazonDynamoDBException",
    title: "AmazonDynamoDBv2",
  },
  states: {
    service: "states",
    prefix: "StepFunctions",
    base: "AWSStepFunctionsException",
    title: "AWSStepFunctions",
    camel: true,
  },
  mediaconvert: {
    service: "mediaconvert",
    prefix: "MediaConvert",
    base: "AWSMediaConvertException",
    title: "AWSMediaConvert",
  },
};

/** Services whose SDK name is not just the capitalised integration name. */
const sdkTitles: Record<string, string> = {
  dynamodb: "DynamoDb",
  eventbridge: "EventBridge",
  mediaconvert: "MediaConvert",
  secretsmanager: "SecretsManager",
  cloudfront: "CloudFront",
  cloudwatch: "CloudWatch",
};

const sdkServices: Record<string, string> = { eventbridge: "events", sfn: "states" };

export function namesOf(service: string, sdk: boolean): Names {
  const known = optimised[service];
  if (!sdk && known) return known;
  const title = sdkTitles[service] ?? service.charAt(0).toUpperCase() + service.slice(1);
  return {
    service: sdkServices[service] ?? service,
    prefix: title,
    base: `${title}Exception`,
    title,
    ...(service === "sfn" ? { camel: true } : {}),
  };
}

/** A service's refusal as the definition's Retry and Catch see it. */
export function failureOf(error: Refusal, names: Names, sdk: boolean, requestId: string): Failure {
  const modeled = modeledName(error.code, names);
  const extended = names.service === "s3" ? `, Extended Request ID: ${requestId}` : "";
  const about = sdk
    ? `(Service: ${names.title}, Status Code: ${error.httpStatus}, Request ID: ${requestId}${extended}) (SDK Attempt Count: 1)`
    : `(Service: ${names.title}; Status Code: ${error.httpStatus}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`;
  return {
    error: `${names.prefix}.${modeled ?? names.base}`,
    cause: `${error.message} ${about}`,
  };
}

/** @returns the exception's name with its suffix, or undefined when the SDK has no class for it */
function modeledName(code: string, names: Names): string | undefined {
  // The last part of a qualified code such as AWS.SimpleQueueService.NonExistentQueue is its name.
  const bare = code.slice(code.lastIndexOf(".") + 1).replace(/(Exception|Error)$/, "");
  if (UNMODELED.has(bare)) return undefined;
  if (names.service === "dynamodb" && bare === "Validation") return undefined;
  if (names.service === "secretsmanager" && bare === "Validation") return undefined;
  return `${RENAMED[code] ?? bare}Exception`;
}

/** Codes that every service may answer and that no SDK has an exception for. */
const UNMODELED = new Set([
  "AccessDenied",
  "UnrecognizedClient",
  "IncompleteSignature",
  "InvalidClientTokenId",
  "SignatureDoesNotMatch",
  "MissingParameter",
  "MissingAction",
  "InvalidAction",
  "ExpiredToken",
  "OptInRequired",
  "ServiceUnavailable",
]);

/** Codes on the wire that differ from the exception's name. */
const RENAMED: Record<string, string> = {
  "AWS.SimpleQueueService.NonExistentQueue": "QueueDoesNotExist",
  NonExistentQueue: "QueueDoesNotExist",
};
