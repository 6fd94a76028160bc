import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../json.ts";
import { parseTerm, value } from "./intrinsic.ts";
import { insert, parsePath, read } from "./path.ts";

const data: Json = {
  items: [
    { name: "a", price: 1 },
    { name: "b", price: 2 },
    { name: "c", price: 3, deep: { name: "d" } },
  ],
  "delivery-partner": "x",
  "a.b": 1,
  nothing: null,
};
const roots = { data, context: { Execution: { Name: "n" } }, variables: { v: { w: 5 } } };

describe("a path", () => {
  it.each([
    ["$", data],
    ["$.items[0].name", "a"],
    ["$.items[-1].name", "c"],
    ["$['delivery-partner']", "x"],
    ["$.delivery-partner", "x"],
    ["$['a.b']", 1],
    ["$.items[*].name", ["a", "b", "c"]],
    ["$.items[1:].name", ["b", "c"]],
    ["$.items[:1].name", ["a"]],
    ["$.items[0,2].name", ["a", "c"]],
    ["$.items[?(@.price > 1)].name", ["b", "c"]],
    ["$.items[?(@.price > 1 && @.name == 'b')].price", [2]],
    ["$.items[?(@.deep || @.name == 'a')].price", [1, 3]],
    ["$.items[?(!(@.deep))].price", [1, 2]],
    ["$..name", ["a", "b", "c", "d"]],
    ["$.items[?(@.price > 9)]", []],
    ["$.nothing", null],
    ["$.missing", undefined],
    ["$.missing.deeper", undefined],
    ["$.items[9]", undefined],
    ["$.__proto__", undefined],
    ["$$.Execution.Name", "n"],
    ["$v.w", 5],
    ["$unknown", undefined],
  ])("%s finds what is there", (path, wanted) => {
    expect(read(parsePath(path), roots)).toEqual(wanted);
  });

  it.each(["", "items", "$.", "$[", "$['a", "$.items[?(@.a >)]", "$.a b", "$.items[]"])(
    "%j is none",
    (path) => {
      expect(() => parsePath(path)).toThrow(SyntaxError);
    },
  );

  it("finds what was put where it points, and leaves the rest alone", () => {
    const name = fc.constantFrom("a", "b", "c");
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.jsonValue(), (names, put) => {
        const before = { other: 1, a: { b: {} } };
        const path = parsePath(`$.${names.join(".")}`);
        const after = insert(before, path, put as Json);
        expect(read(path, { ...roots, data: after })).toEqual(put);
        expect(after).toMatchObject({ other: 1 });
        expect(before).toEqual({ other: 1, a: { b: {} } });
      }),
    );
  });

  it("is read or refused, whatever the text", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\$[.[\]'a-c*?@():0-9=<>&| -]{0,20}$/), (text) => {
        try {
          read(parsePath(text), roots);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});

describe("an intrinsic function", () => {
  it.each([
    ["States.Format('a {} b {}', $v.w, 'x')", "a 5 b x"],
    ["States.Format('it\\'s \\{\\}')", "it's {}"],
    ["States.Array(1, null, true, $v)", [1, null, true, { w: 5 }]],
    ["States.ArrayGetItem(States.StringSplit('a-b', '-'), 1)", "b"],
    ["States.MathAdd(2.5, -0.5)", 3],
    ["States.ArrayUnique(States.Array(1, 1, 2))", [1, 2]],
    ["States.ArrayRange(1, 9, 4)", [1, 5, 9]],
    ["States.Base64Decode(States.Base64Encode('ä'))", "ä"],
  ])("%s gives its value", (text, wanted) => {
    expect(value(parseTerm(text), roots)).toEqual(wanted);
  });

  it.each(["States.Nothing()", "States.Format('a'", "States.Array(1 2)", "States.Array(x)"])(
    "%s is refused",
    (text) => {
      expect(() => parseTerm(text)).toThrow(SyntaxError);
    },
  );
});
