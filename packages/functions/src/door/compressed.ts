import { gzipSync } from "node:zlib";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** A request, as far as it says what its sender can read. */
interface Asking {
  headers: Record<string, string | undefined>;
}

/**
 * Sends large answers smaller: the playlist of a long film repeats one signature thousands of times,
 * and Lambda carries 6 MB. An answer past that goes compressed to whoever did not say that they
 * cannot read it (RFC 9110: who names no coding takes any).
 */
export function compressed<Event extends Asking>(
  answer: (event: Event) => Promise<APIGatewayProxyStructuredResultV2>,
) {
  return async (event: Event): Promise<APIGatewayProxyStructuredResultV2> => {
    const said = await answer(event);
    const { body = "", headers = {} } = said;
    if (said.isBase64Encoded || body.length < WORTH_BYTES) return said;
    const varied = { ...said, headers: { ...headers, vary: "accept-encoding" } };
    const accepted = event.headers["accept-encoding"];
    const mustBe = accepted === undefined && body.length > CARRIED_BYTES;
    if (!mustBe && !takesGzip(accepted ?? "")) return varied;
    return {
      ...varied,
      headers: { ...varied.headers, "content-encoding": "gzip" },
      body: gzipSync(body).toString("base64"),
      isBase64Encoded: true,
    };
  };
}

function takesGzip(accepted: string): boolean {
  return accepted
    .split(",")
    .map((one) => one.trim().toLowerCase())
    .some((one) => /^(gzip|\*)(\s*;\s*q=(0\.\d*[1-9]|1)\S*)?$/.test(one));
}

const WORTH_BYTES = 1024;
/** Source: AWS Lambda quotas, 6 MB for an answer; its JSON takes some of them. */
const CARRIED_BYTES = 5_500_000;
