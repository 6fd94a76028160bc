import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInternal, isPublic } from "./address.ts";

describe("an address of the open internet", () => {
  it.each([
    "1.1.1.1",
    "93.184.216.34",
    "8.8.8.8",
    "172.15.255.255",
    "172.32.0.0",
    "2606:4700::1111",
  ])("is %s", (address) => expect(isPublic(address)).toBe(true));

  it.each([
    ["this machine", "127.0.0.1"],
    ["all of 127", "127.255.255.254"],
    ["no address", "0.0.0.0"],
    ["the rest of 0", "0.1.2.3"],
    ["a private one", "10.0.0.1"],
    ["a private one", "172.16.0.1"],
    ["a private one", "192.168.1.1"],
    ["metadata", "169.254.169.254"],
    ["a task's credentials", "169.254.170.2"],
    ["a carrier's", "100.64.0.1"],
    ["IETF's", "192.0.0.192"],
    ["an example", "192.0.2.1"],
    ["a benchmark", "198.18.0.1"],
    ["an old relay", "192.88.99.1"],
    ["multicast", "224.0.0.1"],
    ["reserved", "240.0.0.1"],
    ["everybody", "255.255.255.255"],
    ["this machine", "::1"],
    ["no address", "::"],
    ["a unique local one", "fc00::1"],
    ["metadata", "fd00:ec2::254"],
    ["what looks public and is a cloud's own", "168.63.129.16"],
    ["link-local", "fe80::1"],
    ["site-local", "fec0::1"],
    ["multicast", "ff02::1"],
    ["discard", "100::1"],
    ["an example", "2001:db8::1"],
    ["an example", "3fff::1"],
    ["mapped", "::ffff:127.0.0.1"],
    ["mapped, though public", "::ffff:8.8.8.8"],
    ["translated", "::ffff:0:127.0.0.1"],
    ["compatible", "::127.0.0.1"],
    ["compatible, though public", "::8.8.8.8"],
    ["NAT64", "64:ff9b::169.254.169.254"],
    ["NAT64 of a network", "64:ff9b:1::a9fe:a9fe"],
    ["6to4", "2002:7f00:1::"],
    ["6to4, though public", "2002:808:808::"],
    ["Teredo", "2001:0:53aa:64c:0:0:80ff:fffe"],
    ["ISATAP", "2606:4700::5efe:127.0.0.1"],
    ["ISATAP", "2606:4700::200:5efe:10.0.0.1"],
    ["segment routing", "5f00::1"],
    ["nothing that is handed out", "4000::1"],
    ["no address at all", "localhost"],
    ["nothing", ""],
  ])("is not %s: %s", (_, address) => expect(isPublic(address)).toBe(false));

  it("is never one inside which a forbidden IPv4 address lies", () => {
    const forbidden = fc
      .tuple(
        fc.constantFrom("127", "10", "169.254", "192.168"),
        fc.nat(255),
        fc.nat(255),
        fc.nat(255),
      )
      .map(([start, ...rest]) => [...start.split("."), ...rest].slice(0, 4).join("."));
    const wrapped = fc.constantFrom("::ffff:", "::", "::ffff:0:", "64:ff9b::", "2606:4700::5efe:");
    fc.assert(
      fc.property(forbidden, wrapped, (inside, start) => {
        expect(isPublic(inside)).toBe(false);
        expect(isPublic(`${start}${inside}`)).toBe(false);
      }),
    );
  });
});

describe("an address of one's own network", () => {
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.9",
    "::1",
    "fd12::1",
    "100.64.0.1",
    "::ffff:10.0.0.1",
  ])("may be %s", (address) => expect(isInternal(address)).toBe(true));

  it.each([
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd20:ce::254",
    "100.100.100.200",
    "::ffff:100.100.100.200",
    "168.63.129.16",
    "fe80::1",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "nowhere",
  ])("is never %s", (address) => expect(isInternal(address)).toBe(false));
});
