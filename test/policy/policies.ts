import type { Graph, Resource } from "../../scripts/synth/graph.ts";

/** A rule reads a graph and says what is wrong with it, a sentence each. Nothing to say: it holds. */
export type Rule = (graph: Graph) => string[];

export interface Statement {
  Effect: "Allow" | "Deny";
  Principal?: "*" | Record<string, string | string[]>;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** A policy document and where it hangs. */
export interface Policy {
  of: Resource;
  /** trust: who may take on a role; identity: what a role may do; resource: who may touch a thing */
  kind: "trust" | "identity" | "resource";
  statements: Statement[];
}

/** Every policy document of a graph, wherever a resource type keeps it. */
export function policies(graph: Graph): Policy[] {
  return graph.resources.flatMap((of): Policy[] => {
    const { inputs } = of;
    switch (of.type) {
      case "aws:iam/role:Role":
        return [
          { of, kind: "trust", statements: statements(inputs.assumeRolePolicy) },
          ...(fieldOf(inputs, "inlinePolicies", []) as { policy: string }[]).map(({ policy }) => ({
            of,
            kind: "identity" as const,
            statements: statements(policy),
          })),
        ];
      case "aws:iam/policy:Policy":
      case "aws:iam/rolePolicy:RolePolicy":
        return [{ of, kind: "identity", statements: statements(inputs.policy) }];
      default:
        return typeof inputs.policy === "string"
          ? [{ of, kind: "resource", statements: statements(inputs.policy) }]
          : [];
    }
  });
}

export function ofType(graph: Graph, type: string): Resource[] {
  return graph.resources.filter((resource) => resource.type === type);
}

/** One value or several, as IAM takes both. */
export function several(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}

/** The principals of one kind, such as `Service`. */
export function principals(statement: Statement, kind: "AWS" | "Service"): string[] {
  const { Principal } = statement;
  if (Principal === "*") return kind === "AWS" ? ["*"] : [];
  return several(Principal?.[kind]);
}

/** Whether a statement speaks of exactly this action. */
export function speaksOf({ Action }: Statement, action: string): boolean {
  return several(Action).includes(action);
}

/** The values a condition key is compared with, whatever the operator; keys know no case. */
export function conditioned({ Condition }: Statement, key: string): string[] {
  return Object.values(Condition ?? {}).flatMap((keys) =>
    Object.entries(keys)
      .filter(([name]) => name.toLowerCase() === key.toLowerCase())
      .flatMap(([, values]) => several(values)),
  );
}

/** A field somewhere within inputs, by dotted path; `otherwise` when it is not there. */
export function fieldOf<T>(inputs: unknown, path: string, otherwise: T): T {
  let at: unknown = inputs;
  for (const step of path.split(".")) {
    if (typeof at !== "object" || at === null) return otherwise;
    at = (at as Record<string, unknown>)[step];
  }
  return (at ?? otherwise) as T;
}

function statements(document: unknown): Statement[] {
  if (typeof document !== "string") throw new Error(`Not a policy document: ${String(document)}`);
  return [JSON.parse(document).Statement].flat();
}
