import type { HistoryEvent } from "@aws-sdk/client-sfn";

/** The parts of a history event that tell the story; the SDK's and the laptop's own both fit. */
export interface StoryEvent {
  type?: HistoryEvent["type"] | string | undefined;
  timestamp?: Date | number | string | undefined;
  stateEnteredEventDetails?: { name?: string | undefined; input?: string | undefined } | undefined;
  stateExitedEventDetails?: { name?: string | undefined; output?: string | undefined } | undefined;
  executionStartedEventDetails?: { input?: string | undefined } | undefined;
  executionSucceededEventDetails?: { output?: string | undefined } | undefined;
  taskScheduledEventDetails?:
    | { parameters?: string | undefined; resourceType?: string | undefined }
    | undefined;
  taskSucceededEventDetails?: { output?: string | undefined } | undefined;
  taskFailedEventDetails?: { error?: string | undefined } | undefined;
}

/** What a state machine charges for: every state entered, and every task tried again. */
export function transitions(events: readonly StoryEvent[]): number {
  let count = 0;
  let scheduled = 0;
  for (const event of events) {
    if (event.type?.endsWith("StateEntered")) {
      count += 1;
      scheduled = 0;
    } else if (event.type === "TaskScheduled" || event.type === "LambdaFunctionScheduled") {
      scheduled += 1;
      if (scheduled > 1) count += 1;
    }
  }
  return count;
}

/** Milliseconds spent in each state, by its name, and in the whole execution as `total`. */
export function timings(events: readonly StoryEvent[]): Record<string, number> {
  const spent: Record<string, number> = {};
  const entered = new Map<string, number>();
  for (const event of events) {
    const name = event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name;
    if (!name) continue;
    const atMs = Number(event.timestamp);
    if (event.stateEnteredEventDetails) entered.set(name, atMs);
    else spent[camel(name)] = atMs - (entered.get(name) ?? atMs);
  }
  const first = events[0];
  const last = events.at(-1);
  if (first && last) spent.total = Number(last.timestamp) - Number(first.timestamp);
  return spent;
}

/** "Record outputs" → `recordOutputs` */
function camel(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The ids that a JSON text carries, wherever they are in it. */
export function videoIdIn(text: string | undefined): string | undefined {
  return text ? /"videoId"\s*:\s*"(vid_[0-9A-Z]{26})"/.exec(text)?.[1] : undefined;
}
