import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.ts";

/** What vitest's JSON report says of a run, as far as it is counted here. */
interface Report {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
}

/** Adds up the reports of the named suites. A missing report is a failure: its run broke off. */
export function total(suites: string[], read: (suite: string) => string): string {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const suite of suites) {
    let report: Report;
    try {
      report = JSON.parse(read(suite)) as Report;
    } catch {
      failed += 1;
      continue;
    }
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    skipped += report.numPendingTests + report.numTodoTests;
    if (!report.success && report.numFailedTests === 0) failed += 1; // a file that did not load
  }
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

if (import.meta.main) {
  console.log(
    total(process.argv.slice(2), (suite) =>
      readFileSync(join(root, ".reports", `${suite}.json`), "utf8"),
    ),
  );
}
