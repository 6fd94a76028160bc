import { describe, expect, it } from "vitest";
import { total } from "./totals.ts";

const report = (over: object) =>
  JSON.stringify({
    success: true,
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numFailedTestSuites: 0,
    ...over,
  });

describe("the closing line", () => {
  it("adds up what the reports say", () => {
    const reports: Record<string, string> = {
      quick: report({ numPassedTests: 7, numPendingTests: 1 }),
      full: report({ numPassedTests: 2, numFailedTests: 1, success: false }),
    };
    expect(total(["quick", "full"], (suite) => reports[suite] ?? "")).toBe(
      "9 passed, 1 failed, 1 skipped",
    );
  });

  it("counts a report that is missing as a failure", () => {
    const read = () => {
      throw new Error("ENOENT");
    };
    expect(total(["quick"], read)).toBe("0 passed, 1 failed, 0 skipped");
  });

  it("counts a file that did not load as a failure", () => {
    const read = () => report({ success: false, numPassedTests: 3 });
    expect(total(["quick"], read)).toBe("3 passed, 1 failed, 0 skipped");
  });
});
