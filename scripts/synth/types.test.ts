import { expect, it } from "vitest";
import type { Registered } from "./mocks.ts";
import { typesOf } from "./types.ts";

const link = (name: string, properties: Record<string, unknown>): Registered => ({
  type: "sst:sst:LinkRef",
  name: `${name}LinkRef`,
  inputs: { properties },
  id: name,
  state: {},
});

it("every link is typed by what it holds, in the order of the alphabet", () => {
  const component = { inputs: {}, id: "", state: {} };
  const text = typesOf([
    link("Uploads", { bucket: "b" }),
    { ...component, type: "sst:sst:Linkable", name: "Uploads" },
    link("Intake", { maxBytes: 1, open: true }),
    { ...component, type: "sst:sst:Linkable", name: "Intake" },
  ]);
  expect(text).toContain(
    [
      '    "Intake": {',
      '      "maxBytes": number',
      '      "open": boolean',
      '      "type": "sst.sst.Linkable"',
      "    }",
      '    "Uploads": {',
      '      "bucket": string',
      '      "type": "sst.sst.Linkable"',
      "    }",
    ].join("\n"),
  );
});
