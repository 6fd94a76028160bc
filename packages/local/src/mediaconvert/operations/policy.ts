import type { JobSettings, PutPolicyCommandInput } from "@aws-sdk/client-mediaconvert";
import type { Cloud } from "../../kernel/cloud.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Operation } from "../../kernel/service.ts";

export const policyTables = `
  CREATE TABLE IF NOT EXISTS mediaconvert_policy (kind TEXT PRIMARY KEY, verdict TEXT NOT NULL);
`;

const kinds = ["S3Inputs", "HttpInputs", "HttpsInputs"] as const;
type Kind = (typeof kinds)[number];

/** Where inputs of an account may lie. */
export interface InputPolicy {
  /** @throws Refusal `BadRequestException` when an input lies where it may not */
  allow(settings: JobSettings | undefined): void;
  operations: Record<string, Operation>;
}

export function openPolicy(cloud: Cloud): InputPolicy {
  const { store } = cloud;
  const read = (): Partial<Record<Kind, string>> =>
    Object.fromEntries(
      store
        .all<{ kind: string; verdict: string }>("SELECT * FROM mediaconvert_policy")
        .map(({ kind, verdict }) => [kind, verdict]),
    );
  const needs = (action: string) => () => ({ action: `mediaconvert:${action}`, resource: "*" });
  return {
    allow(settings) {
      const policy = read();
      for (const [index, { FileInput }] of (settings?.Inputs ?? []).entries()) {
        const scheme = FileInput?.split(":")[0]?.toLowerCase() ?? "";
        const kind = kinds.find((one) => one.toLowerCase() === `${scheme}inputs`);
        if (kind && policy[kind] === "DISALLOWED") {
          throw new Refusal(
            "BadRequestException",
            `/inputs/${index}/fileInput: the policy of this account disallows ${scheme} inputs`,
          );
        }
      }
    },
    operations: {
      GetPolicy: { needs: needs("GetPolicy"), run: () => ({ Policy: read() }) },
      PutPolicy: {
        needs: needs("PutPolicy"),
        run(input: PutPolicyCommandInput) {
          const wanted = input.Policy;
          if (!wanted) throw new Refusal("BadRequestException", "/policy: is required");
          for (const [name, verdict] of Object.entries(wanted)) {
            const known = kinds.some((kind) => kind === name);
            if (!known || (verdict !== "ALLOWED" && verdict !== "DISALLOWED")) {
              throw new Refusal(
                "BadRequestException",
                `/policy/${name}: should be ALLOWED or DISALLOWED`,
              );
            }
          }
          store.transaction(() => {
            store.run("DELETE FROM mediaconvert_policy");
            for (const kind of kinds) {
              const verdict = wanted[kind];
              if (verdict)
                store.run("INSERT INTO mediaconvert_policy VALUES (?, ?)", kind, verdict);
            }
          });
          return { Policy: read() };
        },
      },
      DeletePolicy: {
        needs: needs("DeletePolicy"),
        run() {
          store.run("DELETE FROM mediaconvert_policy");
          return {};
        },
      },
    },
  };
}
