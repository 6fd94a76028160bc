import { describe, expect, it } from "vitest";
import { failuresIn, recordOf } from "./record.ts";

const arn = "arn:aws:sqs:us-east-1:000000000000:work";

describe("a message as a function gets it", () => {
  it("has AWS's names, binary attributes as base64", () => {
    const record = recordOf(
      {
        MessageId: "m1",
        ReceiptHandle: "r1",
        Body: "film",
        MD5OfBody: "9f6",
        Attributes: { ApproximateReceiveCount: "1" },
        MessageAttributes: {
          kind: { DataType: "String", StringValue: "film" },
          raw: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2]) },
        },
      },
      arn,
    );
    expect(record).toEqual({
      messageId: "m1",
      receiptHandle: "r1",
      body: "film",
      attributes: { ApproximateReceiveCount: "1" },
      messageAttributes: {
        kind: {
          stringValue: "film",
          stringListValues: [],
          binaryListValues: [],
          dataType: "String",
        },
        raw: {
          binaryValue: "AQI=",
          stringListValues: [],
          binaryListValues: [],
          dataType: "Binary",
        },
      },
      md5OfBody: "9f6",
      eventSource: "aws:sqs",
      eventSourceARN: arn,
      awsRegion: "us-east-1",
    });
  });
});

describe("a partial answer", () => {
  const sent = ["m1", "m2"].map((MessageId) => recordOf({ MessageId }, arn));

  it.each([
    ["null", []],
    ["{}", []],
    ['"done"', []],
    ['{"batchItemFailures":null}', []],
    ['{"batchItemFailures":[]}', []],
    ['{"batchItemFailures":[{"itemIdentifier":"m2"}]}', ["m2"]],
    ['{"batchItemFailures":[{"itemIdentifier":""}]}', "all"],
    ['{"batchItemFailures":[{"itemIdentifier":null}]}', "all"],
    ['{"batchItemFailures":[{"id":"m1"}]}', "all"],
    ['{"batchItemFailures":[{"itemIdentifier":"m3"}]}', "all"],
    ['{"batchItemFailures":"m1"}', "all"],
  ])("%s leaves %j", (answer, left) => {
    expect(failuresIn(answer, sent)).toEqual(left === "all" ? "all" : new Set(left));
  });
});
