import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as Web from "./index.ts";
import { mayConnect, type Rules } from "./rules.ts";

const open: Rules = { schemes: ["https"], hosts: ["*"] };
const both: Rules = { schemes: ["https", "http"], hosts: ["*"] };
const refusal = expect.objectContaining({ code: "AddressNotAllowed" });

describe("an address that may be asked", () => {
  it.each<{ address: string; rules?: Rules; as?: string }>([
    { address: "https://example.org/film.mp4?x=1" },
    { address: "HTTPS://EXAMPLE.ORG:443/a", as: "https://example.org/a" },
    { address: "https://example.org/a#t=10", as: "https://example.org/a" },
    { address: "http://example.org/", rules: both },
    { address: "https://1.1.1.1/" },
    { address: "https://[2606:4700::1111]/" },
    { address: "https://example.org:8443/", rules: { ...open, ports: [8443] } },
    { address: "https://media.example.org/", rules: { ...open, hosts: ["*.example.org"] } },
    { address: "https://a.b.example.org/", rules: { ...open, hosts: ["*.example.org"] } },
    { address: "https://example.org./", rules: { ...open, hosts: ["example.org"] } },
    {
      address: "https://bücher.example/",
      rules: { ...open, hosts: ["bücher.example"] },
      as: "https://xn--bcher-kva.example/",
    },
    {
      address: "http://127.0.0.1:8080/",
      rules: { ...both, hosts: [], privateHosts: ["127.0.0.1:8080"] },
    },
    { address: "http://[::1]:8080/", rules: { ...both, privateHosts: ["[::1]:8080"] } },
    {
      address: "https://store.internal/",
      rules: { ...open, privateHosts: ["Store.internal:443"] },
    },
  ])("is $address", ({ address, rules = open, as = address }) => {
    expect(Web.check(address, rules).href).toBe(as);
  });

  it.each<{ why: string; address: string; rules?: Rules }>([
    { why: "a scheme that is not allowed", address: "http://example.org/" },
    { why: "a file", address: "file:///etc/passwd", rules: both },
    { why: "data", address: "data:text/plain,hello", rules: both },
    { why: "another scheme", address: "gopher://example.org/", rules: both },
    { why: "a user", address: "https://user@example.org/" },
    { why: "a password", address: "https://:secret@example.org/" },
    { why: "a host in disguise", address: "https://example.org@127.0.0.1/" },
    { why: "half an address", address: "//example.org/" },
    { why: "no address", address: "example" },
    { why: "nothing", address: "" },
    { why: "a long one", address: `https://example.org/${"a".repeat(2000)}` },
    { why: "another port", address: "https://example.org:8443/" },
    { why: "another port", address: "https://example.org:22/" },
    {
      why: "a host below none",
      address: "https://example.org/",
      rules: { ...open, hosts: ["*.example.org"] },
    },
    {
      why: "a host that ends alike",
      address: "https://notexample.org/",
      rules: { ...open, hosts: ["*.example.org"] },
    },
    {
      why: "a host that begins alike",
      address: "https://example.org.evil.example/",
      rules: { ...open, hosts: ["example.org"] },
    },
    { why: "no host allowed", address: "https://example.org/", rules: { ...open, hosts: [] } },
    { why: "this machine", address: "https://localhost/" },
    { why: "this machine, rooted", address: "https://localhost./" },
    { why: "this machine, below", address: "https://a.localhost/" },
    { why: "a name of the network", address: "https://printer.local/" },
    { why: "a bare name", address: "https://intranet/" },
    { why: "metadata by name", address: "http://metadata.google.internal/", rules: both },
    { why: "an empty label", address: "https://example.org../" },
    { why: "metadata", address: "http://169.254.169.254/latest/meta-data/", rules: both },
    { why: "IPv6", address: "https://[::1]/" },
    { why: "mapped", address: "https://[::ffff:7f00:1]/" },
    {
      why: "the same host on another port",
      address: "http://127.0.0.1:8081/",
      rules: { ...both, privateHosts: ["127.0.0.1:8080"] },
    },
    {
      why: "metadata, though listed",
      address: "http://169.254.169.254/",
      rules: { ...both, privateHosts: ["169.254.169.254:80"] },
    },
    {
      why: "no address, though listed",
      address: "http://0.0.0.0:80/",
      rules: { ...both, privateHosts: ["0.0.0.0:80"] },
    },
  ])("is not $why: $address", ({ address, rules = open }) => {
    expect(() => Web.check(address, rules)).toThrow(refusal);
  });

  it.each([
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.0.0.1./",
    "https://%31%32%37.0.0.1/",
    "https://①②⑦.0.0.1/",
    "https://127。0。0。1/",
    "https://\t127.0.0.1/",
    "https://2852039166/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]/",
    "https:\\\\127.0.0.1\\",
  ])("is not an IP address in an odd spelling: %j", (address) => {
    expect(() => Web.check(address, open)).toThrow(refusal);
  });

  it("is never a forbidden IPv4 address, however it is spelled", () => {
    const octets = fc.tuple(fc.constantFrom(10, 127), fc.nat(255), fc.nat(255), fc.nat(255));
    const spelling = fc.constantFrom(
      (parts: number[]) => String(parts.reduce((sum, part) => sum * 256 + part, 0)),
      (parts: number[]) => `0x${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`,
      (parts: number[]) => parts.map((part) => `0${part.toString(8)}`).join("."),
      (parts: number[]) => parts.map((part) => `0x${part.toString(16)}`).join("."),
      ([a = 0, b = 0, c = 0, d = 0]: number[]) => `${a}.${b}.${c * 256 + d}`,
      (parts: number[]) => `${parts.join(".")}.`,
    );
    fc.assert(
      fc.property(octets, spelling, (parts, spell) => {
        expect(() => Web.check(`https://${spell(parts)}/`, open)).toThrow(refusal);
      }),
    );
  });

  it("is not repeated by the refusal, for it may carry a signature", () => {
    expect(() => Web.check("https://localhost/?token=secret", open)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("secret") }),
    );
  });
});

describe("an IP address that a name stands for", () => {
  const url = new URL("http://films.example/");
  const listed = { ...both, privateHosts: ["films.example:80"] };
  it.each([
    { ip: "93.184.216.34", rules: both, may: true },
    { ip: "10.0.0.1", rules: both, may: false },
    { ip: "10.0.0.1", rules: listed, may: true },
    { ip: "169.254.169.254", rules: listed, may: false },
    { ip: "", rules: listed, may: false },
  ])("$ip may be connected to: $may", ({ ip, rules, may }) => {
    expect(mayConnect(ip, url, rules)).toBe(may);
  });
});
