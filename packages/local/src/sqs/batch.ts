import { Refusal } from "../kernel/refusal.ts";

interface Entry {
  Id?: string | undefined;
}

/**
 * Does one thing for every entry, each by itself: what is refused is listed, the rest is done.
 *
 * @throws Refusal when the batch as a whole is not acceptable
 */
export function batch<E extends Entry, R extends object>(
  entries: E[] | undefined,
  action: (entry: E) => R,
): { Successful: Array<R & { Id: string }>; Failed: object[] } {
  if (!entries || entries.length === 0) {
    throw new Refusal("EmptyBatchRequest", "There should be at least one entry in the request.");
  }
  if (entries.length > 10) {
    throw new Refusal(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  const ids = new Set<string>();
  for (const { Id } of entries) {
    if (!Id || !/^[A-Za-z0-9_-]{1,80}$/.test(Id)) {
      throw new Refusal(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      );
    }
    if (ids.has(Id)) throw new Refusal("BatchEntryIdsNotDistinct", `Id ${Id} repeated.`);
    ids.add(Id);
  }
  const Successful: Array<R & { Id: string }> = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    const Id = entry.Id ?? "";
    try {
      Successful.push({ Id, ...action(entry) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      Failed.push({
        Id,
        Code: error.code,
        Message: error.message,
        SenderFault: error.httpStatus < 500,
      });
    }
  }
  return { Successful, Failed };
}
