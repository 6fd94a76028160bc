import { describe, expect, it, vi } from "vitest";
import { type Kinds, modelled, readKinds } from "./kinds.ts";
import { anyone } from "./testing.ts";

const kinds: Kinds = {
  Name: "text",
  Limit: "number",
  Fifo: "flag",
  Time: "moment",
  Ids: "texts",
  Targets: "records",
  Retry: "record",
  Paths: "map",
};

describe("the kinds of a request's members", () => {
  it.each<object>([
    {},
    { Name: "n", Limit: 1, Fifo: true, Time: 1.5, Ids: ["a"], Targets: [{ Name: "n" }] },
    { Retry: { Limit: 2 }, Paths: { Name: "$.a", Limit: "$.b" }, Time: new Date() },
    { Unknown: [[[]]], toString: 1 },
  ])("%j is as it should be", (input) => {
    expect(readKinds(kinds, input)).toEqual(input);
  });

  it("that are null were not sent", () => {
    const sent = {
      Name: null,
      Limit: undefined,
      Retry: { Name: null },
      Targets: [{ Limit: null }],
    };
    expect(readKinds(kinds, sent)).toEqual({ Retry: {}, Targets: [{}] });
  });

  it.each([
    [{ Name: 1 }, "Name is not a string"],
    [{ Limit: "1" }, "Limit is not a number"],
    [{ Fifo: "true" }, "Fifo is not a boolean"],
    [{ Time: {} }, "Time is not a timestamp"],
    [{ Time: "soon" }, "Time is not a timestamp"],
    [{ Time: 1e308 }, "Time is not a timestamp"],
    [{ Ids: "a" }, "Ids is not a list of strings"],
    [{ Ids: [null] }, "Ids is not a list of strings"],
    [{ Targets: {} }, "Targets is not a list of structures"],
    [{ Targets: [null] }, "Targets is not a list of structures"],
    [{ Targets: [{ Name: [] }] }, "Name is not a string"],
    [{ Retry: [] }, "Retry is not a structure"],
    [{ Retry: { Limit: true } }, "Limit is not a number"],
    [{ Paths: { a: 1 } }, "Paths is not a map of strings"],
  ])("%j is refused: %s", (input, message) => {
    expect(() => readKinds(kinds, input)).toThrow(message);
  });

  it("are looked at before an operation says what it needs", () => {
    const needs = vi.fn(() => []);
    const run = () => ({ done: true });
    const { Open, Bare } = modelled(kinds, { Open: { needs, run }, Bare: { run } });
    expect(() => Open?.needs?.({ Name: 1 })).toThrow("Name");
    expect(() => Bare?.run({ Name: 1 }, anyone)).toThrow("Name");
    expect(needs).not.toHaveBeenCalled();
    expect(Open?.run({ Name: "n" }, anyone)).toEqual({ done: true });
  });
});
