import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Conditions, checkConditions, holds, within } from "./condition.ts";
import { join } from "./context.ts";

const request = join({
  "aws:SourceArn": "arn:aws:cloudfront::000000000000:distribution/E1",
  "aws:SecureTransport": "true",
  "aws:SourceIp": "10.1.2.3",
  "s3:max-keys": "10",
  "aws:CurrentTime": "2030-01-01T00:00:00Z",
  "aws:TagKeys": ["a", "b"],
  "aws:username": "film*",
});

describe("conditions", () => {
  it.each<{ condition: Conditions; held: boolean }>([
    { condition: {}, held: true },
    {
      condition: {
        StringEquals: { "AWS:sourcearn": "arn:aws:cloudfront::000000000000:distribution/E1" },
      },
      held: true,
    },
    {
      condition: {
        StringEquals: {
          "aws:SourceArn": ["x", "arn:aws:cloudfront::000000000000:distribution/E1"],
        },
      },
      held: true,
    },
    { condition: { StringEquals: { "aws:SourceArn": "arn:*" } }, held: false },
    { condition: { StringEquals: { missing: "x" } }, held: false },
    { condition: { StringEqualsIfExists: { missing: "x" } }, held: true },
    { condition: { StringEqualsIfExists: { "s3:max-keys": "11" } }, held: false },
    { condition: { StringNotEquals: { "s3:max-keys": "11" } }, held: true },
    { condition: { StringNotEquals: { "s3:max-keys": ["11", "10"] } }, held: false },
    { condition: { StringNotEquals: { missing: "x" } }, held: true },
    { condition: { StringEqualsIgnoreCase: { "aws:SecureTransport": "TRUE" } }, held: true },
    { condition: { StringNotEqualsIgnoreCase: { "aws:SecureTransport": "TRUE" } }, held: false },
    { condition: { StringLike: { "aws:SourceArn": "arn:aws:*/E?" } }, held: true },
    { condition: { StringNotLike: { "aws:SourceArn": "arn:aws:*/E?" } }, held: false },
    {
      condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::*:distribution/*" } },
      held: true,
    },
    {
      condition: { ArnEquals: { "aws:SourceArn": "arn:aws:cloudfront::*:distribution/E2" } },
      held: false,
    },
    { condition: { ArnLike: { "aws:SourceArn": "arn:*:distribution/E1" } }, held: false },
    { condition: { ArnNotLike: { "aws:SourceArn": "arn:aws:s3:*:*:*" } }, held: true },
    { condition: { Bool: { "aws:SecureTransport": "false" } }, held: false },
    { condition: { Bool: { "aws:SecureTransport": true } }, held: true },
    { condition: { BoolIfExists: { missing: false } }, held: true },
    { condition: { NumericLessThanEquals: { "s3:max-keys": 10 } }, held: true },
    { condition: { NumericLessThan: { "s3:max-keys": "10" } }, held: false },
    { condition: { NumericGreaterThan: { "s3:max-keys": "9.5" } }, held: true },
    { condition: { NumericEquals: { "s3:max-keys": "1e1" } }, held: true },
    { condition: { NumericNotEquals: { "s3:max-keys": "10" } }, held: false },
    { condition: { NumericLessThan: { "aws:username": "10" } }, held: false },
    { condition: { DateGreaterThan: { "aws:CurrentTime": "2029-12-31T23:59:59Z" } }, held: true },
    { condition: { DateLessThan: { "aws:CurrentTime": "1893456000" } }, held: false },
    { condition: { IpAddress: { "aws:SourceIp": "10.1.0.0/16" } }, held: true },
    { condition: { NotIpAddress: { "aws:SourceIp": ["10.1.0.0/16", "::1/128"] } }, held: false },
    { condition: { Null: { missing: "true" } }, held: true },
    { condition: { Null: { "s3:max-keys": "true" } }, held: false },
    { condition: { Null: { "s3:max-keys": false } }, held: true },
    { condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b", "c"] } }, held: true },
    { condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] } }, held: false },
    { condition: { "ForAllValues:StringEquals": { missing: ["a"] } }, held: true },
    { condition: { "ForAnyValue:StringEquals": { "aws:TagKeys": ["b"] } }, held: true },
    { condition: { "ForAnyValue:StringEquals": { missing: ["b"] } }, held: false },
    { condition: { "ForAnyValue:StringNotEquals": { "aws:TagKeys": ["a"] } }, held: true },
    { condition: { "ForAllValues:StringNotEquals": { "aws:TagKeys": ["a"] } }, held: false },
    {
      condition: {
        StringEquals: { "s3:max-keys": "10" },
        Bool: { "aws:SecureTransport": "false" },
      },
      held: false,
    },
    { condition: { StringEquals: { "aws:username": "${aws:username}" } }, held: true },
    { condition: { StringLike: { "aws:username": "film${*}" } }, held: true },
    { condition: { StringLike: { "aws:SecureTransport": "t${*}" } }, held: false },
    { condition: { StringLike: { "aws:SourceArn": "${nothing}" } }, held: false },
    { condition: { StringLike: { "s3:max-keys": "${nothing, '10'}" } }, held: true },
  ])("$condition: $held", ({ condition, held }) => {
    expect(holds(condition, request)).toBe(held);
  });

  it.each(["StringSomewhatEquals", "NotStringEquals", "NumericNotLessThan", "toString", "BoolNot"])(
    "%s is refused by name",
    (operator) => {
      expect(() => checkConditions({ [operator]: { a: "b" } })).toThrow(operator);
    },
  );

  it("a negated operator is the opposite of its positive, when the key is there", () => {
    const text = fc.string({ maxLength: 4 }).map((value) => value.replaceAll("$", ""));
    fc.assert(
      fc.property(
        fc.constantFrom("StringEquals", "StringLike", "NumericEquals", "ArnLike"),
        text,
        fc.array(text, { minLength: 1, maxLength: 3 }),
        (operator, have, want) => {
          const context = join({ key: have });
          const not = operator.replace(/(Equals|Like)/, "Not$1");
          expect(holds({ [operator]: { key: want } }, context)).toBe(
            !holds({ [not]: { key: want } }, context),
          );
        },
      ),
    );
  });
});

describe("address blocks", () => {
  it.each([
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.1.2.4", false],
    ["10.1.2.3", "0.0.0.0/0", true],
    ["::ffff:10.1.2.3", "10.0.0.0/8", true],
    ["::1", "10.0.0.0/8", false],
    ["2001:db8::1", "2001:db8::/32", true],
    ["10.1.2.3", "10.0.0.0/33", false],
    ["10.1.2.3", "10.0.0.0/x", false],
    ["nonsense", "0.0.0.0/0", false],
  ])("%s in %s: %s", (address, block, inside) => {
    expect(within(address, block)).toBe(inside);
  });
});
