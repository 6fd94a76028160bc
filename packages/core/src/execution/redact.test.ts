import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REDACTED, redact } from "./redact.ts";

const token = `AQCEAAAAKgAAAAMAAAAAAAAAA${"x9/Z+".repeat(30)}==`;
const url =
  "https://d111.example/videos/vid_1/1/main.m3u8?Policy=eyJ&Signature=abc~&Key-Pair-Id=K2";

describe("what an execution has said", () => {
  it.each([
    { where: "a parameter", value: { MessageBody: { taskToken: token } } },
    { where: "a message's text", value: { MessageBody: JSON.stringify({ taskToken: token }) } },
    { where: "text that is no JSON", value: `the token ${token} was answered` },
    { where: "JSON that was cut off", value: `{"MessageBody":"{\\"taskToken\\":\\"${token}` },
    { where: "a list", value: [[{ Token: token }]] },
    { where: "a header", value: { headers: { "X-Amz-Security-Token": token } } },
    { where: "a name", value: { [token]: 1 } },
  ])("has no task token in $where", ({ value }) => {
    const text = JSON.stringify(redact(value));
    expect(text).not.toContain(token.slice(0, 40));
    expect(text).toContain(REDACTED);
  });

  it("has no signed address that anybody could use", () => {
    const text = JSON.stringify(redact({ a: { url }, b: JSON.stringify({ url }) }));
    expect(text).not.toMatch(/eyJ|abc~|K2/);
    expect(text).toContain("/videos/vid_1/1/main.m3u8");
  });

  it("has a token nowhere else that goes by its name somewhere", () => {
    const secret = "an-odd-token-of-another-shape";
    const said = { Parameters: { taskToken: secret }, output: `got ${secret}` };
    expect(JSON.stringify(redact(said))).not.toContain(secret);
  });

  it("keeps everything else as it was", () => {
    const said = { videoId: "vid_1", attempt: 2, list: [1, null, true], text: "a { brace" };
    expect(redact(said)).toEqual(said);
  });

  it("has no token however deep it lies, as a value or quoted", () => {
    const deep = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constant({ taskToken: token }),
        fc.string(),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("tree"), { maxKeys: 3 }),
        tie("tree").map((inner) => JSON.stringify(inner) ?? ""),
        tie("tree").map((inner) => ({ MessageBody: JSON.stringify({ inner, taskToken: token }) })),
      ),
    })).tree;
    fc.assert(
      fc.property(deep, (said) => {
        expect(JSON.stringify(redact(said)) ?? "").not.toContain(token.slice(0, 30));
      }),
      { numRuns: 300 },
    );
  });

  it("is redacted once: done again it is the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (said) => {
        const once = redact({ said, taskToken: token });
        expect(redact(once)).toEqual(once);
      }),
    );
  });
});
