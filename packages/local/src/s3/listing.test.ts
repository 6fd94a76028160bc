import {
  CreateBucketCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketName, openRig, type Rig } from "./testing.ts";
import { isBefore, type Position, walk } from "./walk.ts";

let rig: Rig;
let client: S3Client;
let Bucket: string;
const keys = ["a/1", "a/2", "b", "c/x/1", "c/y", "p", "p/q", "z"];

beforeAll(async () => {
  rig = await openRig({ S3Client });
  client = rig.client();
  Bucket = bucketName();
  await client.send(new CreateBucketCommand({ Bucket }));
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
});
afterAll(() => rig.close());

it("folds what lies behind a delimiter", async () => {
  const { Contents, CommonPrefixes } = await client.send(
    new ListObjectsV2Command({ Bucket, Delimiter: "/" }),
  );
  expect(Contents?.map((one) => one.Key)).toEqual(["b", "p", "z"]);
  expect(CommonPrefixes?.map((one) => one.Prefix)).toEqual(["a/", "c/", "p/"]);
});

it.each([1, 2, 3, 1000])("pages of %i are complete and in order", async (pageSize) => {
  const seen: string[] = [];
  for await (const page of paginateListObjectsV2({ client, pageSize }, { Bucket })) {
    expect(page.KeyCount).toBeLessThanOrEqual(pageSize);
    seen.push(...(page.Contents ?? []).map((one) => one.Key ?? ""));
  }
  expect(seen).toEqual(keys);
});

it("pages go over folded prefixes once", async () => {
  const seen: string[] = [];
  const pages = paginateListObjectsV2({ client, pageSize: 1 }, { Bucket, Delimiter: "/" });
  for await (const page of pages) {
    seen.push(...(page.CommonPrefixes ?? []).map((one) => one.Prefix ?? ""));
    seen.push(...(page.Contents ?? []).map((one) => one.Key ?? ""));
  }
  expect(seen).toEqual(["a/", "b", "c/", "p", "p/", "z"]);
});

it("the older list goes on from its marker", async () => {
  const first = await client.send(new ListObjectsCommand({ Bucket, MaxKeys: 2, Delimiter: "/" }));
  expect(first).toMatchObject({ IsTruncated: true, NextMarker: "b" });
  const next = await client.send(new ListObjectsCommand({ Bucket, Marker: first.NextMarker }));
  expect(next.Contents?.[0]?.Key).toBe("c/x/1");
});

it.each([{ ContinuationToken: "nonsense" }, { MaxKeys: -1 }, { EncodingType: "rot13" as never }])(
  "refuses %j",
  async (input) => {
    const refused = client.send(new ListObjectsV2Command({ Bucket, ...input }));
    await expect(refused).rejects.toMatchObject({ name: "InvalidArgument" });
  },
);

describe("a walk over any keys", () => {
  const key = fc.string({
    unit: fc.constantFrom("a", "b", "/", "é", "\u{10ffff}", "日"),
    minLength: 1,
    maxLength: 6,
  });

  it("tells the same as folding the whole list at once, whatever the page", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 30 }),
        fc.constantFrom("", "a", "a/", "é"),
        fc.constantFrom("", "/", "b/"),
        fc.integer({ min: 1, max: 7 }),
        (all, prefix, delimiter, max) => {
          const sorted = all.toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
          expect(paged(sorted, prefix, delimiter, max)).toEqual(folded(sorted, prefix, delimiter));
        },
      ),
    );
  });
});

function folded(sorted: string[], prefix: string, delimiter: string): string[] {
  const lines = sorted
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      return cut < 0 ? key : `${key.slice(0, cut + delimiter.length)}*`;
    });
  return [...new Set(lines)];
}

function paged(sorted: string[], prefix: string, delimiter: string, max: number): string[] {
  const seen: string[] = [];
  for (let from = ""; ; ) {
    const next = ({ key, inclusive }: Position, count: number) =>
      sorted
        .filter((one) => isBefore(key, one) || (inclusive && one === key))
        .slice(0, count)
        .map((one) => ({ key: one }));
    const { lines, truncated } = walk({
      prefix,
      delimiter,
      max,
      from: { key: from, inclusive: from === "" },
      foldedAfter: from,
      next,
    });
    seen.push(...lines.map((line) => ("item" in line ? line.item.key : `${line.prefix}*`)));
    const last = lines.at(-1);
    if (!truncated || !last) return seen;
    from = "item" in last ? last.item.key : last.prefix;
  }
}
