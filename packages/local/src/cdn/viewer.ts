import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** What a viewer asks for. */
export interface Viewer {
  method: string;
  /** path as sent, still encoded, never straightened */
  rawPath: string;
  /** the address that a grant must open: as asked for, without the parameters that sign */
  address: string;
  /** the parameters that sign, decoded; the presence of one of them makes cookies count for nothing */
  signing: ReadonlyMap<SigningName, readonly string[]>;
  /** by name, first one first: a browser sends the cookie of the longest path first */
  cookies: ReadonlyMap<string, readonly string[]>;
  headers: IncomingHttpHeaders;
  ip: string;
}

export type SigningName = (typeof signingNames)[number];

/** Names that CloudFront keeps for itself. */
export const signingNames = [
  "Expires",
  "Policy",
  "Signature",
  "Key-Pair-Id",
  "Hash-Algorithm",
] as const;

export function readViewer(incoming: IncomingMessage): Viewer {
  const url = incoming.url ?? "/";
  const mark = url.indexOf("?");
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const signing = new Map<SigningName, string[]>();
  const rest: string[] = [];
  for (const pair of mark < 0 ? [] : url.slice(mark + 1).split("&")) {
    const [name = "", ...value] = pair.split("=");
    if (isSigning(name)) add(signing, name, decoded(value.join("=")));
    else rest.push(pair);
  }
  const query = rest.length > 0 ? `?${rest.join("&")}` : "";
  return {
    method: incoming.method ?? "GET",
    rawPath,
    address: `http://${incoming.headers.host}${rawPath}${query}`,
    signing,
    cookies: readCookies(incoming.headers.cookie),
    headers: incoming.headers,
    ip: incoming.socket.remoteAddress ?? "",
  };
}

function readCookies(header: string | undefined): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const pair of header?.split(";") ?? []) {
    const equals = pair.indexOf("=");
    if (equals < 0) continue;
    add(
      found,
      pair.slice(0, equals).trim(),
      pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, "$1"),
    );
  }
  return found;
}

function add<Name>(to: Map<Name, string[]>, name: Name, value: string): void {
  to.set(name, [...(to.get(name) ?? []), value]);
}

function isSigning(name: string): name is SigningName {
  return (signingNames as readonly string[]).includes(name);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
