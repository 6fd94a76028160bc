import { describe, expect, it } from "vitest";
import { resolve } from "./graph.ts";

const known: Record<string, string> = {
  "Encodes.url": "http://127.0.0.1:4566/000000000000/encodes",
  "Secret.SigningKey": "-----BEGIN\nline two\n",
};
const lookup = (reference: string) => known[reference];

describe("symbolic addresses", () => {
  it("are replaced at any depth", () => {
    expect(resolve({ a: [{ b: "to ${Encodes.url}!" }], n: 1, none: null }, lookup)).toEqual({
      a: [{ b: "to http://127.0.0.1:4566/000000000000/encodes!" }],
      n: 1,
      none: null,
    });
  });

  it("inside a JSON text leave it valid JSON", () => {
    const secret = resolve('{"privateKeyPem":"${Secret.SigningKey}"}', lookup);
    expect(JSON.parse(secret)).toEqual({ privateKeyPem: "-----BEGIN\nline two\n" });
  });

  it("that nothing defines stop the deploy", () => {
    expect(() => resolve("${Nobody.url}", lookup)).toThrow("${Nobody.url}");
  });

  it("are not confused with JSONata or input templates", () => {
    const template = '{"q":"{% $states.input.x %}","detail":<detail>}';
    expect(resolve(template, lookup)).toBe(template);
  });
});
