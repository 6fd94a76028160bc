/** What a result may hold: text, numbers and truths are leaves, arrays become `<member>`s. */
export type QueryValue =
  | string
  | number
  | boolean
  | Date
  | undefined
  | null
  | QueryValue[]
  | { [name: string]: QueryValue };

/**
 * Reads the form body of AWS's query protocol (SNS, STS).
 *
 * @returns flat names as sent, `Attributes.entry.1.key` and the like; a repeated name keeps its last value
 */
export function parseQuery(body: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(body)) found[name] = value;
  return found;
}

/** The values of `prefix.1`, `prefix.2` ... in order, until one is missing. */
export function queryList(input: Record<string, string>, prefix: string): string[] {
  const found: string[] = [];
  for (let index = 1; ; index += 1) {
    const value = input[`${prefix}.${index}`];
    if (value === undefined) return found;
    found.push(value);
  }
}

/** A map on the query wire: `prefix.1.key`, `prefix.1.value` and so on; SNS says `Name` and `Value` for some. */
export function queryMap(
  input: Record<string, string>,
  prefix: string,
  names: { key: string; value: string } = { key: "key", value: "value" },
): Record<string, string> {
  const found: Record<string, string> = {};
  for (let index = 1; ; index += 1) {
    const key = input[`${prefix}.${index}.${names.key}`];
    if (key === undefined) return found;
    found[key] = input[`${prefix}.${index}.${names.value}`] ?? "";
  }
}

/** A map as the query protocol answers it. */
export function queryEntries(map: Record<string, QueryValue>): QueryValue {
  return { entry: repeated(Object.entries(map).map(([key, value]) => ({ key, value }))) };
}

/**
 * The whole answer of an action.
 *
 * @param result XML already written, or a value to write; `undefined` for actions that answer nothing
 */
export function queryAnswer(
  action: string,
  namespace: string,
  result: string | { [name: string]: QueryValue } | undefined,
  requestId: string,
): string {
  const inner = typeof result === "string" ? result : result ? members(result) : undefined;
  const body = inner === undefined ? "" : `<${action}Result>${inner}</${action}Result>`;
  return (
    `<${action}Response xmlns="${escapeXml(namespace)}">${body}` +
    `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata></${action}Response>`
  );
}

/** The error document of the query protocol. Whose fault it was follows from the status. */
export function queryError(
  code: string,
  message: string,
  requestId: string,
  httpStatus = 400,
  namespace?: string,
): string {
  const where = namespace ? ` xmlns="${escapeXml(namespace)}"` : "";
  const fault = httpStatus >= 500 ? "Receiver" : "Sender";
  return (
    `<ErrorResponse${where}><Error><Type>${fault}</Type><Code>${escapeXml(code)}</Code>` +
    `<Message>${escapeXml(message)}</Message></Error><RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`
  );
}

/** Text as XML carries it; what XML 1.0 cannot carry becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(FORBIDDEN, "\uFFFD")
    .replace(SPECIAL, (found) => `&#${found.charCodeAt(0)};`);
}

const SPECIAL = /[&<>"'\r]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the very characters XML refuses
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

const REPEATED = Symbol("repeated");

/** Marks an array whose elements repeat the name itself, as maps need it. */
function repeated(values: QueryValue[]): QueryValue[] {
  return Object.assign(values, { [REPEATED]: true });
}

function members(value: { [name: string]: QueryValue }): string {
  return Object.entries(value)
    .map(([name, inner]) => element(name, inner))
    .join("");
}

function element(name: string, value: QueryValue): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) {
    if (REPEATED in value) return value.map((inner) => element(name, inner)).join("");
    return `<${name}>${value.map((inner) => element("member", inner)).join("")}</${name}>`;
  }
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === "object") return `<${name}>${members(value)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}
