import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { compressed } from "./compressed.ts";

const long = "#EXTINF:4.0,\nhttps://edge.example/a.mp4?Policy=P\n".repeat(100);
const huge = long.repeat(1300);

async function answered(body: string, accepted?: string) {
  const handler = compressed(async () => ({ statusCode: 200, headers: { etag: '"a"' }, body }));
  return handler({ headers: accepted === undefined ? {} : { "accept-encoding": accepted } });
}

it.each([
  { accepted: "gzip", body: long, small: true },
  { accepted: "br, GZIP;q=0.5", body: long, small: true },
  { accepted: "*", body: long, small: true },
  { accepted: "gzip;q=0", body: long, small: false },
  { accepted: "gzip;q=0.0", body: long, small: false },
  { accepted: "gzipped", body: long, small: false },
  { accepted: "identity", body: huge, small: false },
  { accepted: undefined, body: long, small: false },
  { accepted: undefined, body: huge, small: true },
])("to who accepts $accepted, $body.length bytes go compressed: $small", async (row) => {
  const said = await answered(row.body, row.accepted);
  expect(said.headers).toMatchObject({ etag: '"a"', vary: "accept-encoding" });
  expect(said.isBase64Encoded ?? false).toBe(row.small);
  expect(said.headers?.["content-encoding"]).toBe(row.small ? "gzip" : undefined);
  const bytes = Buffer.from(said.body ?? "", row.small ? "base64" : "utf8");
  expect(String(row.small ? gunzipSync(bytes) : bytes)).toBe(row.body);
  if (row.small) expect(said.body?.length).toBeLessThan(6_000_000);
});

it("what is short goes as it is", async () => {
  expect(await answered("{}", "gzip")).toEqual({
    statusCode: 200,
    headers: { etag: '"a"' },
    body: "{}",
  });
});
