import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../scripts/synth/graph.ts";
import type { Rule } from "./policies.ts";

/** A rule, and what would break it: each way alone must be heard. */
export interface Row {
  promise: string;
  rule: Rule;
  broken: Record<string, (graph: Graph) => void>;
  /** What only production promises. */
  productionOnly?: true;
}

export function graphOf(stage: "dev" | "production"): Graph {
  return JSON.parse(readFileSync(`stacks/graph/${stage}.gen.json`, "utf8"));
}

/** Holds the committed graphs to each promise, and shows that each can be broken. */
export function keep(rows: Row[]): void {
  describe.each(rows)("$promise", ({ rule, broken, productionOnly }) => {
    const production = graphOf("production");

    it("holds in production", () => {
      expect(rule(production)).toEqual([]);
    });

    if (!productionOnly) {
      it("holds on the laptop", () => {
        expect(rule(graphOf("dev"))).toEqual([]);
      });
    }

    it.each(Object.entries(broken))("speaks up when broken: %s", (_, spoil) => {
      const graph = structuredClone(production);
      spoil(graph);
      expect(rule(graph)).not.toEqual([]);
    });
  });
}
