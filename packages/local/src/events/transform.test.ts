import { describe, expect, it } from "vitest";
import type { CloudEvent } from "../kernel/cloud.ts";
import { checkInput, payloadOf } from "./transform.ts";

const event: CloudEvent = {
  version: "0",
  id: "5f0c1c1e-8f0b-4f43-9a4e-2d6f6a1f7c90",
  "detail-type": "Object Created",
  source: "aws.s3",
  account: "000000000000",
  time: "2026-11-22T09:41:07Z",
  region: "us-east-1",
  resources: ["arn:aws:s3:::films", "arn:aws:s3:::more"],
  detail: {
    object: { key: 'inbox/a "b".mov', size: 7, parts: [{ n: 1 }, { n: 2 }], none: null },
    ok: true,
    text: "plain",
  },
};
const about = {
  ruleArn: "arn:aws:events:us-east-1:000000000000:rule/arrived",
  ruleName: "arrived",
  ingestedAt: "2026-11-22T09:41:08Z",
};

describe("an input transformer", () => {
  const paths = {
    key: "$.detail.object.key",
    text: "$.detail.text",
    size: "$.detail.object.size",
    object: "$.detail.object",
    none: "$.detail.object.none",
    ok: "$.detail.ok",
    first: "$.resources[0]",
    numbers: "$.detail.object.parts[*].n",
    missing: "$.detail.nothing.here",
    type: "$.detail-type",
  };
  it.each([
    ['{"a":<text>,"b":"<text>!"}', '{"a":"plain","b":"plain!"}'],
    ['{"n":<size>,"t":<ok>,"z":<none>}', '{"n":7,"t":true,"z":null}'],
    ['{"s":"<size>/<ok>"}', '{"s":"7/true"}'],
    ['{"o":<object>}', `{"o":${JSON.stringify(event.detail.object)}}`],
    ['{"f":<first>,"n":<numbers>}', '{"f":"arn:aws:s3:::films","n":[1,2]}'],
    ['{"a":<missing>,"b":1,"c":[<missing>,2],"d":"<missing>."}', '{"b":1,"c":[2],"d":"."}'],
    ['"<type> of <size> bytes, <missing>"', '"Object Created of 7 bytes, "'],
    ['"got <numbers>"\n"and <text>"', '"got [1,2]"\n"and plain"'],
    [
      '{"rule":<aws.events.rule-name>,"arn":"<aws.events.rule-arn>"}',
      `{"rule":"arrived","arn":"${about.ruleArn}"}`,
    ],
    ['{"at":<aws.events.event.ingestion-time>}', '{"at":"2026-11-22T09:41:08Z"}'],
    ["<aws.events.event.json>", JSON.stringify(event)],
    ['{"q":"\\"<text>\\"","n":<size>}', '{"q":"\\"plain\\"","n":7}'],
  ])("makes %s into %s", (InputTemplate, expected) => {
    const target = { InputTransformer: { InputPathsMap: paths, InputTemplate } };
    checkInput(target);
    expect(payloadOf(target, event, about)).toBe(expected);
  });

  it("leaves detail out of the plain event", () => {
    const target = { InputTransformer: { InputTemplate: '{"e":<aws.events.event>}' } };
    const { detail: _, ...envelope } = event;
    expect(JSON.parse(payloadOf(target, event, about))).toEqual({ e: envelope });
  });

  it.each(['{"k":<key>}', '{"k":"<key>"}', '{"o":"<object>"}'])(
    "does not escape: a quote in a value breaks %s",
    (InputTemplate) => {
      const target = { InputTransformer: { InputPathsMap: paths, InputTemplate } };
      expect(() => payloadOf(target, event, about)).toThrow("did not produce JSON");
    },
  );

  it("lets a value inject members, as AWS does", () => {
    const sly = { ...event, detail: { text: 'a","admin":"yes' } };
    const target = { InputTransformer: { InputPathsMap: paths, InputTemplate: '{"t":"<text>"}' } };
    expect(JSON.parse(payloadOf(target, sly, about))).toEqual({ t: "a", admin: "yes" });
  });
});

it.each([
  [{ InputPath: "$" }, JSON.stringify(event)],
  [{ InputPath: "$.detail.text" }, '"plain"'],
  [{ InputPath: "$.detail['object'].parts[1]" }, '{"n":2}'],
  [{ Input: '{"constant":1}' }, '{"constant":1}'],
  [{}, JSON.stringify(event)],
])("%j gives %s", (target, expected) => {
  checkInput(target);
  expect(payloadOf(target, event, about)).toBe(expected);
});

it.each([
  { InputPath: "detail" },
  { InputPath: "$..key" },
  { Input: "{" },
  { Input: "{}", InputPath: "$" },
  { InputTransformer: { InputTemplate: '{"a":<b>}' } },
  { InputTransformer: { InputTemplate: "not json" } },
  { InputTransformer: { InputPathsMap: { awsName: "$.id" }, InputTemplate: '{"a":<awsName>}' } },
  { InputTransformer: { InputPathsMap: { a: "$.[" }, InputTemplate: '{"a":<a>}' } },
])("%j is refused when the target is put", (target) => {
  expect(() => checkInput({ Id: "one", ...target })).toThrow("Target one");
});
