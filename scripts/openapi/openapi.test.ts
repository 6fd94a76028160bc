import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { problems } from "../../packages/core/src/problem/index.ts";
import { costs } from "../../packages/functions/src/api/costs.ts";
import { making } from "../../packages/functions/src/api/making.ts";
import { people } from "../../packages/functions/src/api/people.ts";
import { table } from "../../packages/functions/src/api/table/index.ts";
import * as playback from "../../packages/functions/src/api/table/playback.ts";
import { uploads } from "../../packages/functions/src/api/uploads.ts";
import { videos } from "../../packages/functions/src/api/videos.ts";
import { webhooks } from "../../packages/functions/src/api/webhooks.ts";
import { document } from "./document.ts";

const made = document();
const committed = readFileSync(
  new URL("../../packages/client/openapi.gen.json", import.meta.url),
  "utf8",
);
const components = made.components as Record<string, Record<string, { examples?: unknown[] }>>;

describe("the API's description", () => {
  it("is OpenAPI 3.1", async () => {
    expect(await new Validator().validate(JSON.parse(committed))).toEqual({ valid: true });
  });

  it("is made of the routes, the same each time", () => {
    expect(`${JSON.stringify(made, null, 2)}\n`).toBe(committed);
    expect(JSON.stringify(document())).toBe(JSON.stringify(made));
  });

  it("tells every route that is served, and no other", () => {
    const served = [videos, uploads, making, costs, webhooks, people].flat();
    const ids = [...served.map(({ route }) => route.id), ...Object.keys(playback)];
    expect(ids.toSorted()).toEqual(table.map(({ id }) => id).toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    const told = Object.entries(made.paths as object).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(told.toSorted()).toEqual(
      table.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
  });

  it("leads nowhere that is not there", () => {
    const led = [...committed.matchAll(/"\$ref": "([^"]+)"/g)].map(([, ref = ""]) => ref);
    const lost = led.filter((ref) => {
      const [, , room = "", name = ""] = ref.split("/");
      return components[room]?.[name] === undefined;
    });
    expect(lost).toEqual([]);
  });

  it("has the problems' own words", () => {
    for (const [code, { value }] of Object.entries(components.examples ?? {}) as [
      keyof typeof problems,
      { value?: unknown },
    ][]) {
      const { httpStatus, help, retry } = problems[code];
      expect(value).toMatchObject({ code, status: httpStatus, detail: help, retry });
    }
  });

  it("says what its examples are examples of", () => {
    const ajv = new Ajv.default({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: "api", components });
    const wrong: string[] = [];
    const look = (schema: unknown, place: string): void => {
      if (typeof schema !== "object" || schema === null) return;
      const { examples } = schema as { examples?: unknown };
      if (Array.isArray(examples)) {
        const text = JSON.stringify(schema).replaceAll('"#/', '"api#/');
        const check = ajv.compile(JSON.parse(text));
        if (!examples.every((one) => check(one))) wrong.push(place);
      }
      for (const [name, inner] of Object.entries(schema)) look(inner, `${place}/${name}`);
    };
    look(components.schemas, "schemas");
    look(made.paths, "paths");
    expect(wrong).toEqual([]);
  });
});
