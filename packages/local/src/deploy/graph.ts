import { readFileSync } from "node:fs";

/** What `stacks/` evaluates to: every cloud resource with its inputs, made by `npm run synth`. */
export interface Graph {
  app: string;
  stage: string;
  region: string;
  accountId: string;
  resources: Resource[];
  /** by component name, what SST would bundle and link */
  functions: Record<string, FunctionSource>;
  /** names and addresses a person or script asks for */
  outputs: Record<string, string>;
}

export interface Resource {
  /** a Pulumi type, such as `aws:sqs/queue:Queue` */
  type: string;
  /** its logical name, unique within a type */
  name: string;
  /** what AWS would name it by, where others refer to it by that */
  id?: string;
  arn?: string;
  inputs: Inputs;
}

/** Inputs as Pulumi's AWS provider takes them; each family reads the ones it knows. */
export type Inputs = Record<string, unknown>;

export interface FunctionSource {
  /** logical name of its `aws:lambda/function:Function` */
  resource: string;
  /** `packages/functions/src/workflow/validate.handler`, from the root of the project */
  handler: string;
  links: Record<string, Record<string, unknown>>;
  nodejs: Record<string, unknown>;
}

export function readGraph(file: string): Graph {
  return JSON.parse(readFileSync(file, "utf8")) as Graph;
}

/**
 * Replaces symbolic addresses, `${EncodesQueue.url}`, in every text of a value. A text that is a
 * JSON document is resolved inside, so that a key with line breaks stays valid JSON.
 *
 * @throws Error when `lookup` does not know a name
 */
export function resolve<T>(value: T, lookup: (reference: string) => string | undefined): T {
  if (typeof value === "string") return resolveText(value, lookup) as T;
  if (Array.isArray(value)) return value.map((item) => resolve(item, lookup)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolve(item, lookup)]),
  ) as T;
}

function resolveText(text: string, lookup: (reference: string) => string | undefined): string {
  if (!text.includes("${")) return text;
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.stringify(resolve(JSON.parse(text), lookup));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return text.replace(REFERENCE, (whole, reference: string) => {
    const found = lookup(reference);
    if (found === undefined) throw new Error(`the graph speaks of ${whole}, which nothing defines`);
    return found;
  });
}

/** `Resource.attribute`; JSONata and input templates use other forms and are left alone. */
const REFERENCE = /\$\{([A-Z]\w*\.\w+)\}/g;
