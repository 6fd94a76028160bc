/** Stands where something was that lets whoever has it act. */
export const REDACTED = "[redacted]";

/**
 * Takes task tokens, signatures and credentials out of whatever an execution has said: by the name
 * they go under, by how they look, and wherever a token occurs again that was found by its name.
 * JSON within text within JSON is looked into as well.
 *
 * @param known tokens that somebody else knows of
 */
export function redact(value: unknown, known: Iterable<string> = []): unknown {
  const secrets = new Set(known);
  collect(value, secrets);
  // the longest first: one may be the beginning of another
  return cleaned(
    value,
    [...secrets].toSorted((a, b) => b.length - a.length),
  );
}

/** What a token is called in messages, parameters and headers, in any case and with any prefix. */
const NAME = /(token|authorization|cookie|password|secret)s?$/i;
/** The same inside text that is cut off, so that it is no JSON any more, however deep it was quoted. */
const NAMED_IN_TEXT =
  /((?:token|authorization|cookie|password|secret)s?\\*["']?\s*[:=]\s*\\*["']?)([^"'\\\s,&}]+)/gi;
/** Task tokens of Step Functions, in base64. */
const TOKEN = /\bA(?:QC|AAA)[A-Za-z0-9+/=_-]{60,}/g;
/** What an address is signed with. */
const SIGNATURE =
  /((?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|Policy|Key-Pair-Id|AWSAccessKeyId|grant)(?:=|%3D))[^&\s"'\\<>]+/gi;

/** Too short to be a token: taking it out would leave holes in every word. */
const LEAST = 8;

function collect(value: unknown, into: Set<string>): void {
  if (typeof value === "string") {
    const inner = parsed(value);
    if (inner !== undefined) collect(inner.it, into);
    else for (const [, , secret = ""] of value.matchAll(NAMED_IN_TEXT)) keep(secret, into);
  } else if (Array.isArray(value)) for (const each of value) collect(each, into);
  else if (typeof value === "object" && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      if (typeof each === "string" && NAME.test(name)) keep(each, into);
      collect(each, into);
    }
  }
}

function keep(secret: string, into: Set<string>): void {
  if (secret.length >= LEAST && secret !== REDACTED) into.add(secret);
}

function cleaned(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return cleanedText(value, secrets);
  if (Array.isArray(value)) return value.map((each) => cleaned(each, secrets));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      cleanedText(name, secrets),
      NAME.test(name) && typeof each === "string" ? REDACTED : cleaned(each, secrets),
    ]),
  );
}

function cleanedText(text: string, secrets: readonly string[]): string {
  const inner = parsed(text);
  if (inner !== undefined) return JSON.stringify(cleaned(inner.it, secrets));
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, REDACTED);
  return clean
    .replace(NAMED_IN_TEXT, `$1${REDACTED}`)
    .replace(TOKEN, REDACTED)
    .replace(SIGNATURE, `$1${REDACTED}`);
}

/** Text that is JSON with something in it. */
function parsed(text: string): { it: unknown } | undefined {
  if (!/^\s*["[{]/.test(text)) return undefined;
  try {
    return { it: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
