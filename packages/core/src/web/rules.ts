import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { Problem } from "../problem/index.ts";
import { limits } from "../video/limits.ts";
import { isInternal, isPublic } from "./address.ts";

/** What may be asked. */
export interface Rules {
  schemes: readonly ("https" | "http")[];
  /** `*` is every host, `*.example.org` those below it, anything else is itself. */
  hosts: readonly string[];
  /** Beside 443 and 80. */
  ports?: readonly number[];
  /** `host:port` that may be asked though their address is not public. */
  privateHosts?: readonly string[];
}

/**
 * Reads an address that somebody gave, and says whether it may be asked. Names are not looked up
 * here: what they stand for is judged when it is connected to.
 *
 * @returns the address as it will be asked, without a fragment
 * @throws Problem `AddressNotAllowed` saying why, never repeating the address
 */
export function check(address: string | URL, rules: Rules): URL {
  const text = String(address);
  if (text.length > limits.urlLength) throw refused("It is too long.");
  if (!URL.canParse(text)) throw refused("It is not a whole address.");
  const url = new URL(text);
  url.hash = "";
  const scheme = url.protocol.slice(0, -1);
  if (!rules.schemes.some((one) => one === scheme)) throw refused("Its scheme is not allowed.");
  if (url.username !== "" || url.password !== "") throw refused("It carries a user or password.");
  const host = hostOf(url);
  if (host === "" || host.endsWith(".")) throw refused("It names no host.");
  if (isPrivateHost(url, rules)) {
    if (isIP(host) && !isInternal(host)) throw refused("Its address is never asked.");
    return url;
  }
  if (!USUAL_PORTS.includes(portOf(url)) && !rules.ports?.includes(portOf(url))) {
    throw refused("Its port is not allowed.");
  }
  if (isIP(host) ? !isPublic(host) : isLocalName(host)) throw refused("It is not public.");
  if (!rules.hosts.some((pattern) => matches(pattern, host))) {
    throw refused("Its host is not allowed.");
  }
  return url;
}

/** Whether an IP address may be connected to for a checked address. */
export function mayConnect(ip: string, url: URL, rules: Rules): boolean {
  return isPublic(ip) || (isPrivateHost(url, rules) && isInternal(ip));
}

/** The host without the brackets of IPv6 and the dot of a rooted name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === "https:" ? 443 : 80));
}

export function refused(why: string): Problem {
  const { message } = new Problem("AddressNotAllowed");
  return new Problem("AddressNotAllowed", {
    message: `${message} ${why}`,
    fields: [{ path: "body.url", message: why }],
  });
}

const USUAL_PORTS = [443, 80];

function isPrivateHost(url: URL, rules: Rules): boolean {
  const here = `${bracketed(hostOf(url))}:${portOf(url)}`;
  return rules.privateHosts?.some((one) => one.toLowerCase() === here) ?? false;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Names that no public DNS answers. Sources: RFC 6761, RFC 6762, RFC 8375, ICANN on `.internal`. */
function isLocalName(host: string): boolean {
  return !host.includes(".") || LOCAL.some((ending) => host.endsWith(ending));
}

const LOCAL = [".localhost", ".local", ".internal", ".home.arpa"];

function matches(pattern: string, host: string): boolean {
  if (pattern === "*") return true;
  if (pattern.startsWith("*.")) return host.endsWith(`.${domainToASCII(pattern.slice(2))}`);
  return host === (isIP(pattern) ? pattern : domainToASCII(pattern));
}
