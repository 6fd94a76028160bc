import ipaddr from "ipaddr.js";

/**
 * Whether an IP address is one of the open internet. Everything with a purpose of its own is not:
 * loopback, private, link-local (where clouds keep their metadata), shared, multicast, reserved,
 * and every IPv6 address with an IPv4 address inside, whatever that one may be.
 */
export function isPublic(address: string): boolean {
  const found = parsed(address);
  if (found?.range() !== "unicast") return false;
  return !(found instanceof ipaddr.IPv6) || (found.match(GLOBAL) && !isIsatap(found));
}

/**
 * Whether an address may be one of a team's own network. Where clouds keep their metadata, and what
 * means "everybody" or "this machine, whichever", never is.
 */
export function isInternal(address: string): boolean {
  const found = parsed(address);
  if (!found) return false;
  const inside =
    found instanceof ipaddr.IPv6 && found.isIPv4MappedAddress() ? found.toIPv4Address() : found;
  return INTERNAL.has(inside.range());
}

const INTERNAL = new Set<string>([
  "unicast",
  "loopback",
  "private",
  "uniqueLocal",
  "carrierGradeNat",
]);

/** All that is handed out on the IPv6 internet. Source: RFC 4291 and IANA's registry. */
const GLOBAL: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];

/** An IPv4 address in the last half, marked by 5EFE. Source: RFC 5214. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return ((parts[4] ?? 0) & 0xfcff) === 0 && parts[5] === 0x5efe;
}

function parsed(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return ipaddr.isValid(address) ? ipaddr.parse(address) : undefined;
}
