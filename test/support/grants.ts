import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { Grant } from "../../packages/cli/src/operator/operator.ts";
import type { TestLaptop } from "./laptop.ts";

/** CloudFront's own parameters, by their names without prefix: what a cookie or a query carries. */
export interface Carried {
  Policy: string;
  Signature: string;
  "Key-Pair-Id": string;
  "Hash-Algorithm": string;
}

/** What a grant's cookies carry. */
export function carriedBy({ cookies }: Pick<Grant, "cookies">): Carried {
  const value = (name: keyof Carried) => cookies[`CloudFront-${name}`] ?? "";
  return {
    Policy: value("Policy"),
    Signature: value("Signature"),
    "Key-Pair-Id": value("Key-Pair-Id"),
    "Hash-Algorithm": value("Hash-Algorithm"),
  };
}

/** How a request carries something: CloudFront takes both. */
export const carriers = {
  cookies: (address: string, carried: Carried) => ({
    address,
    headers: {
      cookie: Object.entries(carried)
        .map(([name, value]) => `CloudFront-${name}=${value}`)
        .join("; "),
    },
  }),
  query: (address: string, carried: Carried) => ({
    address: `${address}?${new URLSearchParams(Object.entries(carried))}`,
    headers: {},
  }),
};

/** Base64 in CloudFront's letters, and back. */
export const spelled = {
  read: (text: string) =>
    Buffer.from(
      text.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"),
      "base64",
    ).toString(),
  write: (text: string) =>
    Buffer.from(text)
      .toString("base64")
      .replaceAll("+", "-")
      .replaceAll("=", "_")
      .replaceAll("/", "~"),
};

/** The same text with the letter in its middle another. */
export function edited(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + (text[middle] === "A" ? "B" : "A") + text.slice(middle + 1);
}

/** Every file that lies below a prefix of the delivery bucket, with its size. */
export async function filesBelow(
  { config, laptop }: TestLaptop,
  prefix: string,
): Promise<Map<string, number>> {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const found = new Map<string, number>();
  let after: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: laptop.endpoints.resources.DeliveryBucket,
        Prefix: prefix,
        ContinuationToken: after,
      }),
    );
    for (const { Key = "", Size = 0 } of page.Contents ?? []) found.set(Key, Size);
    after = page.NextContinuationToken;
  } while (after);
  s3.destroy();
  return found;
}

/** The pass in the address of a playlist. */
export const passIn = (address: string): string => new URL(address).searchParams.get("grant") ?? "";
