import { expect, it } from "vitest";
import { answer } from "./answers.ts";

const place = { accountId: "000000000000", region: "us-east-1", partition: "aws" } as const;
const ask = (statements: unknown[]) =>
  JSON.parse(
    String(answer(place, "aws:iam/getPolicyDocument:getPolicyDocument", { statements }).json),
  );

it.each([
  {
    words: "actions, resources and conditions",
    asked: {
      actions: ["s3:PutObject"],
      resources: ["arn:aws:s3:::films/*"],
      conditions: [
        { test: "Null", variable: "s3:if-none-match", values: ["true"] },
        { test: "StringEquals", variable: "aws:SourceAccount", values: ["1"] },
        { test: "StringEquals", variable: "aws:PrincipalAccount", values: ["2"] },
      ],
    },
    said: {
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: ["arn:aws:s3:::films/*"],
      Condition: {
        Null: { "s3:if-none-match": ["true"] },
        StringEquals: { "aws:SourceAccount": ["1"], "aws:PrincipalAccount": ["2"] },
      },
    },
  },
  {
    words: "everybody",
    asked: { effect: "Deny", actions: ["s3:*"], principals: [{ type: "*", identifiers: ["*"] }] },
    said: { Effect: "Deny", Principal: "*", Action: ["s3:*"] },
  },
  {
    words: "a service",
    asked: {
      actions: ["sts:AssumeRole"],
      principals: [{ type: "Service", identifiers: ["states.amazonaws.com"] }],
      conditions: [],
    },
    said: {
      Effect: "Allow",
      Principal: { Service: ["states.amazonaws.com"] },
      Action: ["sts:AssumeRole"],
    },
  },
])("a policy document says $words as IAM writes it", ({ asked, said }) => {
  expect(ask([asked])).toEqual({ Version: "2012-10-17", Statement: [said] });
});

it("a question nobody has an answer to is refused by name", () => {
  expect(() => answer(place, "aws:ec2/getAmi:getAmi", {})).toThrow("aws:ec2/getAmi:getAmi");
});
