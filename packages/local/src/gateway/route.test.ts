import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { find, parseRouteKey } from "./route.ts";

const table = (...keys: string[]) => keys.map((key) => ({ key: parseRouteKey(key) }));

const taken = (routes: ReturnType<typeof table>, method: string, path: string) => {
  const match = find(routes, method, path);
  return match && [match.route.key.text, match.pathParameters];
};

describe("a request takes the most specific route", () => {
  const routes = table(
    "$default",
    "ANY /{proxy+}",
    "GET /pets/{proxy+}",
    "ANY /pets/{id}",
    "GET /pets/dog/{id}",
    "GET /pets/dog/1",
    "GET /pets/{kind}/{id}",
    "POST /pets/{id}",
    "GET /",
  );
  it.each([
    ["GET", "/pets/dog/1", "GET /pets/dog/1", {}],
    ["GET", "/pets/dog/2", "GET /pets/dog/{id}", { id: "2" }],
    ["GET", "/pets/cat/1", "GET /pets/{kind}/{id}", { kind: "cat", id: "1" }],
    ["GET", "/pets/cat/1/x", "GET /pets/{proxy+}", { proxy: "cat/1/x" }],
    ["GET", "/pets/cat", "ANY /pets/{id}", { id: "cat" }],
    ["POST", "/pets/cat", "POST /pets/{id}", { id: "cat" }],
    ["DELETE", "/pets/cat", "ANY /pets/{id}", { id: "cat" }],
    ["POST", "/pets/dog/1", "ANY /{proxy+}", { proxy: "pets/dog/1" }],
    ["POST", "/test/5", "ANY /{proxy+}", { proxy: "test/5" }],
    ["GET", "/", "GET /", {}],
    ["POST", "/", "$default", {}],
    ["GET", "/pets/", "ANY /{proxy+}", { proxy: "pets/" }],
  ])("%s %s is %s", (method, path, key, parameters) => {
    expect(taken(routes, method, path)).toEqual([key, parameters]);
  });

  it("or none at all", () => {
    const few = table("GET /pets/{id}", "POST /pets");
    for (const [method, path] of [
      ["GET", "/pets"],
      ["GET", "/pets/1/"],
      ["GET", "/Pets/1"],
      ["GET", "//pets/1"],
      ["HEAD", "/pets/1"],
    ] as const) {
      expect(taken(few, method, path), `${method} ${path}`).toBeUndefined();
    }
  });

  it("in whatever order the routes stand", () => {
    const shuffled = fc.shuffledSubarray(routes, { minLength: routes.length });
    fc.assert(
      fc.property(shuffled, (some) => {
        expect(taken(some, "GET", "/pets/dog/2")).toEqual(["GET /pets/dog/{id}", { id: "2" }]);
        expect(taken(some, "PUT", "/x")).toEqual(["ANY /{proxy+}", { proxy: "x" }]);
      }),
    );
  });
});

describe("a route key is refused", () => {
  it.each([
    ["GET films", "no route key"],
    ["GET /films/", "ends in a slash"],
    ["FETCH /films", "no route key"],
    ["GET /{proxy+}/x", "stands last"],
    ["GET /{id}/x/{id}", "twice"],
    ["GET /film-{id}", "whole one"],
    ["$connect", "WebSocket"],
  ])("%s", (text, why) => {
    expect(() => parseRouteKey(text)).toThrow(why);
  });
});
