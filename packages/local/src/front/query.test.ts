import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import {
  escapeXml,
  parseQuery,
  queryAnswer,
  queryEntries,
  queryError,
  queryList,
  queryMap,
} from "./query.ts";

describe("the query protocol", () => {
  it("reads a form with lists and maps", () => {
    const input = parseQuery(
      "Action=Tag&Tags.member.1=a&Tags.member.2=b+c&Attributes.entry.1.key=Raw&Attributes.entry.1.value=tr%26e",
    );
    expect(input.Action).toBe("Tag");
    expect(queryList(input, "Tags.member")).toEqual(["a", "b c"]);
    expect(queryMap(input, "Attributes.entry")).toEqual({ Raw: "tr&e" });
  });

  it("has no inherited names, so a form cannot reach the prototype", () => {
    const input = parseQuery("__proto__=x&constructor=y");
    expect(Object.keys(input)).toEqual(["__proto__", "constructor"]);
    expect(input.toString).toBeUndefined();
  });

  it("answers with members, entries and the request id", () => {
    expect(
      queryAnswer(
        "List",
        "http://x/",
        { Names: ["a", "<b>"], Gone: undefined, Map: queryEntries({ k: "v", l: 1 }) },
        "r-1",
      ),
    ).toBe(
      '<ListResponse xmlns="http://x/"><ListResult><Names><member>a</member><member>&#60;b&#62;</member></Names>' +
        "<Map><entry><key>k</key><value>v</value></entry><entry><key>l</key><value>1</value></entry></Map></ListResult>" +
        "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></ListResponse>",
    );
  });

  it.each([
    { status: 400, type: "Sender" },
    { status: 500, type: "Receiver" },
  ])("says whose fault a $status is", ({ status, type }) => {
    expect(queryError("Broken", "so & so", "r", status)).toContain(
      `<Type>${type}</Type><Code>Broken</Code><Message>so &#38; so</Message>`,
    );
  });

  it("writes any text so that a parser reads it back", () => {
    const parser = new XMLParser({
      trimValues: false,
      parseTagValue: false,
      processEntities: true,
      htmlEntities: true,
    });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        const known = text.replace(/[^\P{C}\n\t\r]/gu, "");
        fc.pre(known === text && !text.includes("\uFFFD"));
        expect(parser.parse(`<a>${escapeXml(text)}</a>`).a).toBe(text);
      }),
    );
  });
});
