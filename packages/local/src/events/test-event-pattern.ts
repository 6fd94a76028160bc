import { Refusal } from "../kernel/refusal.ts";
import { readPattern } from "./pattern.ts";

/**
 * Whether a pattern matches an event, both as JSON text.
 *
 * @throws Refusal `InvalidEventPatternException` or, for the event, `ValidationException`
 */
export function testPattern(patternText: string, eventText: string): boolean {
  const event = eventOf(eventText);
  return readPattern(patternText).matches(event);
}

function eventOf(text: string): object {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw notAnEvent();
  }
  if (typeof event !== "object" || event === null || Array.isArray(event)) throw notAnEvent();
  for (const field of REQUIRED) if (!(field in event)) throw notAnEvent();
  return event;
}

const REQUIRED = ["id", "account", "source", "time", "region", "detail-type"];

const notAnEvent = () => new Refusal("ValidationException", "Parameter Event is not valid.");
