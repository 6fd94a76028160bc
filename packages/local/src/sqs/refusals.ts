import { Refusal } from "../kernel/refusal.ts";

export const noSuchQueue = () =>
  new Refusal("QueueDoesNotExist", "The specified queue does not exist.");

export const missing = (parameter: string) =>
  new Refusal("MissingParameter", `The request must contain the parameter ${parameter}.`);

export const invalid = (parameter: string, value: unknown, reason: string) =>
  new Refusal(
    "InvalidParameterValue",
    `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );

/** A whole number between two bounds, as SQS says it. */
export function within(parameter: string, value: unknown, least: number, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw invalid(parameter, value, `Must be between ${least} and ${most}, if provided.`);
  }
  return number;
}

/**
 * Errors whose code was another one in the query protocol.
 * Source: the awsQueryError traits of the SQS model.
 */
export const queryCodes: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "BatchEntryIdsNotDistinct",
      "BatchRequestTooLong",
      "EmptyBatchRequest",
      "InvalidBatchEntryId",
      "MessageNotInflight",
      "PurgeQueueInProgress",
      "QueueDeletedRecently",
      "TooManyEntriesInBatchRequest",
      "UnsupportedOperation",
    ].map((code) => [code, `AWS.SimpleQueueService.${code}`]),
  ),
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
};
