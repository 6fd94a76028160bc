import { answer } from "./answers.ts";
import { computed, type Place } from "./computed.ts";
import type { Pulumi } from "./platform.ts";

/** One resource as the program registered it, with what AWS would have answered. */
export interface Registered {
  type: string;
  name: string;
  parent?: string;
  retain?: true;
  inputs: Record<string, unknown>;
  id: string;
  state: Record<string, unknown>;
}

/** Puts mocks in the place of the engine and the providers; the list grows while the program runs. */
export async function installMocks(
  pulumi: Pulumi,
  app: string,
  stage: string,
  place: Place,
): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, id }) {
        const given = plain(inputs) as Record<string, unknown>;
        const made = computed(place, type, name, id ? { ...given, name: id } : given);
        const state = { ...given, ...made.state };
        registered.push({ type, name, inputs: given, id: made.id, state });
        // what the program gets back keeps Pulumi's envelopes around secrets
        return { id: id || made.id, state: { ...inputs, ...made.state } };
      },
      call: ({ token, inputs }) => answer(place, token, inputs),
    },
    app,
    stage,
    false,
    "organization",
  );
  await pulumi.runtime.setAllConfig({ "aws:region": place.region });
  return registered;
}

/** Notes what the engine would be told beside the inputs. Runs within the stack, after SST's own. */
export function noteOptions(pulumi: Pulumi): Map<string, { parent?: string; retain?: true }> {
  const notes = new Map<string, { parent?: string; retain?: true }>();
  pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
    const parent = opts.parent?.__name;
    notes.set(`${type} ${name}`, {
      ...(parent !== undefined && opts.parent?.__pulumiType !== STACK && { parent }),
      ...(opts.retainOnDelete && { retain: true as const }),
    });
    return undefined;
  });
  return notes;
}

const STACK = "pulumi:pulumi:Stack";

/** Marks a secret value. Source: Pulumi's wire format, `specialSigKey` and `specialSecretSig`. */
const SECRET = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/** Drops Pulumi's envelope around secret values, at any depth. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const fields = value as Record<string, unknown>;
  if (fields[SECRET[0]] === SECRET[1]) return plain(fields.value);
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, plain(field)]));
}
