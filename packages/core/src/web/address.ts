import ipaddr from "ipaddr.js";

/**
 * Whether an IP address is one of the open internet. Everything with a purpose of its own is not:
 * loopback, private, link-local (where clouds keep their metadata), shared, multicast, reserved,
 * and every IPv6 address with an IPv4 address inside, whatever that one may be.
 */
export function isPublic(address: string): boolean {
  const found = parsed(address);
  if (found?.range() !== "unicast" || isMetadata(found)) return false;
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
  return INTERNAL.has(inside.range()) && !isMetadata(inside);
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

/**
 * Where clouds keep their metadata and credentials outside of what is link-local. Sources: AWS on
 * IMDS and EKS Pod Identity, Google Cloud on its metadata server, Alibaba Cloud, Azure on WireServer.
 */
const METADATA = ["fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200/32", "168.63.129.16/32"].map(
  (block) => ipaddr.parseCIDR(block),
);

function isMetadata(found: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return METADATA.some(
    ([start, bits]) => start.kind() === found.kind() && found.match(start, bits),
  );
}

function parsed(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return ipaddr.isValid(address) ? ipaddr.parse(address) : undefined;
}
