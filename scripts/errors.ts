/** Makes docs/errors.md from the table of problems; with `--check` only compares. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { problems } from "../packages/core/src/problem/problems.ts";

const file = new URL("../docs/errors.md", import.meta.url);
const made = page();
if (process.argv.includes("--check")) {
  if (read() !== made) {
    console.error("docs/errors.md is not what scripts/errors.ts makes: run node scripts/errors.ts");
    process.exitCode = 1;
  }
} else {
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, made);
}

function page(): string {
  const rows = Object.entries(problems)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { httpStatus, retry, help }]) =>
        `| \`${code}\` | ${httpStatus} | ${retry ? "yes" : "no"} | ${help} |`,
    );
  return `# Errors

Made by \`node scripts/errors.ts\` from packages/core/src/problem/problems.ts. Edit the table there,
not this page.

Every error has one name, wherever you meet it: on a film (\`problem.code\`), as the error of an
execution, in an announcement, in a log line. *Again* says whether the same thing, tried again
unchanged, may succeed.

| code | HTTP | again | what to do |
|---|---|---|---|
${rows.join("\n")}
`;
}

function read(): string {
  try {
    return readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  } catch {
    return "";
  }
}
