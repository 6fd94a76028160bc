import { describe, expect, it } from "vitest";
import { metadataText } from "./metadata.ts";

describe("a title in an object's metadata", () => {
  it.each(["Holiday", "100% + & ?#", ""])("goes as it is: %s", (title) => {
    expect(metadataText(title)).toBe(title);
  });

  it.each([
    { title: "Été 日本", word: "=?UTF-8?B?w4l0w6kg5pel5pys?=" },
    { title: "E\u0301te\u0301 日本", word: "=?UTF-8?B?w4l0w6kg5pel5pys?=" },
    { title: "two\nlines", word: "=?UTF-8?B?dHdvCmxpbmVz?=" },
    { title: "=?UTF-8?B?", word: "=?UTF-8?B?PT9VVEYtOD9CPw==?=" },
  ])("goes as an encoded word when a header cannot carry it: $title", ({ title, word }) => {
    expect(metadataText(title)).toBe(word);
  });
});
