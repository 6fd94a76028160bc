import { describe, expect, it } from "vitest";
import { brokenCommands, commandsOf, objection, type Vocabulary } from "./documents/commands.ts";
import { brokenJson, complaints, examplesOf } from "./documents/examples.ts";
import { parse } from "./documents/markdown.ts";
import { brokenLinks, type House, missingPaths, refusingServices } from "./documents/places.ts";

describe("a document, read", () => {
  it("knows its blocks by language and line, inside lists too", () => {
    const { blocks } = parse(
      "a.md",
      ["# A", "", "```ts", "one();", "```", "1. do", "   ```sh", "   npm test", "   ```"].join(
        "\n",
      ),
    );
    expect(blocks).toEqual([
      { language: "ts", text: "one();", line: 4 },
      { language: "sh", text: "npm test", line: 8 },
    ]);
  });

  it("takes a fence within a longer fence for text", () => {
    const { blocks } = parse("a.md", "````md\n```ts\nnothing\n```\n````\n");
    expect(blocks).toEqual([{ language: "md", text: "```ts\nnothing\n```", line: 2 }]);
  });

  it("joins inline code that runs over the end of a line, and never over a paragraph", () => {
    expect(parse("a.md", "say `npm\nrun check` now\n\none ` alone\n\nand ` another").spans).toEqual(
      [{ text: "npm run check", line: 1 }],
    );
  });

  it("finds links in prose and none in code", () => {
    const text =
      "[a](one.md) `[b](two.md)` [`c`](three.md#x)\n```\n[d](four.md)\n```\n[e]: five.md";
    expect(parse("a.md", text).links).toEqual([
      { text: "one.md", line: 1 },
      { text: "three.md#x", line: 1 },
      { text: "five.md", line: 5 },
    ]);
  });

  it.each([
    ["## Signing keys", "signing-keys"],
    ["# `npm start`, twice", "npm-start-twice"],
    ["### What [it](x.md) does #", "what-it-does"],
  ])("%s is found by #%s", (heading, anchor) => {
    expect(parse("a.md", heading).anchors).toContain(anchor);
  });

  it("tells headings of the same words apart", () => {
    expect([...parse("a.md", "# Why\n# Why").anchors]).toEqual(["why", "why-1"]);
  });
});

const house: House = {
  places: new Set([
    "README.md",
    "docs",
    "docs/errors.md",
    "stacks",
    "stacks/graph",
    "stacks/graph/dev.gen.json",
    "stacks/rules.ts",
    "packages",
    "packages/core",
    "packages/core/README.md",
    "packages/core/src",
    "packages/core/src/ladder",
    "packages/core/src/ladder/ladder.ts",
  ]),
  anchors: new Map([
    ["README.md", new Set(["glossary"])],
    ["docs/errors.md", new Set(["errors"])],
  ]),
};
const links = (text: string, path = "README.md") => brokenLinks(parse(path, text), house);
const paths = (text: string, path = "README.md") => missingPaths(parse(path, text), house);

describe("a link", () => {
  it.each([
    ["README.md", "[x](docs/errors.md)"],
    ["README.md", "[x](docs/)"],
    ["README.md", "[x](#glossary)"],
    ["README.md", "[x](docs/errors.md#errors)"],
    ["packages/core/README.md", "[x](../../docs/errors.md)"],
    ["README.md", "[x](https://example.com/nowhere.md)"],
  ])("in %s leads somewhere: %s", (path, text) => {
    expect(links(text, path)).toEqual([]);
  });

  it.each([
    ["README.md", "[x](docs/error.md)"],
    ["README.md", "[x](docs/Errors.md)"],
    ["README.md", "[x](#glossar)"],
    ["README.md", "[x](docs/errors.md#warnings)"],
    ["packages/core/README.md", "[x](docs/errors.md)"],
    ["docs/errors.md", "[x](../../outside.md)"],
  ])("in %s leads nowhere: %s", (path, text) => {
    expect(links(text, path)).toHaveLength(1);
  });
});

describe("a path in inline code", () => {
  it.each([
    ["README.md", "`stacks/rules.ts`"],
    ["README.md", "`stacks/graph/`"],
    ["README.md", "`stacks/graph/*.gen.json`"],
    ["README.md", "`stacks/graph/<stage>.gen.json`"],
    ["README.md", "`docs/errors.md#errors`"],
    ["packages/core/README.md", "`src/ladder`"],
    ["packages/core/README.md", "`ladder/ladder.ts`"],
    ["packages/core/README.md", "`ladder/ladder`"],
    ["stacks/README.md", "`rules.ts`"],
  ])("in %s is there: %s", (path, text) => {
    expect(paths(text, path)).toEqual([]);
  });

  it.each([
    ["`.rushes/endpoints.json`", "is made at run time"],
    ["`s3://bucket/inbox/film.mov`", "is an address"],
    ["`inbox/film.mov`", "is a key"],
    ["`@rushes/core/ladder`", "is an import"],
    ["`sqs:sendMessage`", "is an action"],
    ["`READY`", "is a word"],
  ])("%s %s and not judged", (text) => {
    expect(paths(text)).toEqual([]);
  });

  it.each([
    ["README.md", "`stacks/rule.ts`"],
    ["README.md", "`stacks/graph/*.gen.ts`"],
    ["README.md", "`stacks/<stage>.gen.json`"],
    ["README.md", "`docs/errors.md#warnings`"],
    ["README.md", "`ladder/ladder.ts`"],
    ["packages/core/README.md", "`ladder/rungs`"],
    ["docs/errors.md", "`rules.ts`"],
  ])("in %s is not there: %s", (path, text) => {
    expect(paths(text, path)).toHaveLength(1);
  });

  it("is told with the line it stands in", () => {
    expect(paths("# A\n\nSee `stacks/gone.ts`.")).toEqual([
      "README.md:3 speaks of stacks/gone.ts: no such path",
    ]);
  });
});

it("services that refuse are read from the code, each once", () => {
  const source = `throw new NotPretended({ service: "s3", action });
    throw new NotPretended({\n service: "cdn", action });
    throw new NotPretended({ service: "s3", action: "x" }); log({ service: "other" });`;
  expect(refusingServices(source)).toEqual(["s3", "cdn"]);
});

describe("a command", () => {
  const vocabulary: Vocabulary = {
    scripts: new Set(["start", "test", "check"]),
    readRushes([command = ""]) {
      if (command !== "list") throw new Error(`there is no command "${command}"`);
    },
    readStart(words) {
      const strange = words.find((word) => word.startsWith("--") && word !== "--port");
      if (strange) throw new Error(`unknown ${strange}`);
    },
    has: (path) => path === "scripts/check.ts",
  };

  it.each([
    "npm ci && npm start",
    "npm run -s check -- --stage x",
    "npm -s start -- --port N",
    "FORCE=1 npm test",
    "npx sst deploy --stage production",
    "rushes start --port 1",
    "node scripts/check.ts --fix",
    "npm start # npm run nothing",
  ])("is right: %s", (line) => {
    expect(commandsOf(line).map((words) => objection(words, vocabulary))).not.toContainEqual(
      expect.any(String),
    );
  });

  it.each([
    ["npm run chek", 'package.json has no script "chek"'],
    ["npm stop", 'package.json has no script "stop"'],
    ["npm start -- --prot 1", "unknown --prot"],
    ["npx rushes start --data x", "unknown --data"],
    ["rushes upload film.mov", 'there is no command "upload"'],
    ["node scripts/chek.ts", "there is no scripts/chek.ts"],
  ])("is wrong: %s", (line, why) => {
    expect(commandsOf(line).map((words) => objection(words, vocabulary))).toContain(why);
  });

  it("is found in blocks and in prose, on its own line", () => {
    const text = "Say `npm run gone`.\n\n```sh\nnpm test\nnpm run \\\n  lost | cat\n```\n";
    expect(brokenCommands(parse("a.md", text), vocabulary)).toEqual([
      'a.md:5 says `npm run lost`: package.json has no script "lost"',
      'a.md:1 says `npm run gone`: package.json has no script "gone"',
    ]);
  });
});

describe("an example", () => {
  const document = parse(
    "packages/core/README.md",
    '# A\n\n```ts\nimport { a } from "./src/a.ts";\nimport { b } from "@rushes/core/b";\n```\n',
  );

  it("keeps its line numbers, and its imports begin at the document", () => {
    const [example] = examplesOf(document, ".reports/documents");
    expect(example).toMatchObject({ file: "packages/core/README.md.4.ts" });
    expect(example?.text.split("\n").slice(3, 5)).toEqual([
      'import { a } from "../../../../packages/core/src/a.ts";',
      'import { b } from "@rushes/core/b";',
    ]);
  });

  it("is complained about in the document's own place", () => {
    const said =
      ".reports/documents/packages/core/README.md.4.ts(4,10): error TS2305: No export.\n";
    expect(complaints(said, examplesOf(document, ".reports/documents"))).toEqual([
      "packages/core/README.md:4 does not compile: error TS2305: No export.",
    ]);
  });

  it.each([
    ["packages/core/src/a.ts(1,1): error TS2322: Ours.\n  and why.\n", 0],
    ["error TS5023: Unknown compiler option.\n", 1],
  ])("is not blamed for %s", (said, told) => {
    expect(complaints(said, examplesOf(document, ".reports/documents"))).toHaveLength(told);
  });

  it("of JSON must be JSON", () => {
    expect(brokenJson(parse("a.md", '```json\n{"a": 1}\n```'))).toEqual([]);
    expect(brokenJson(parse("a.md", "```json\n{a: 1}\n```"))).toHaveLength(1);
  });
});
