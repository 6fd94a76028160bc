import { type Definition, everyState } from "../definition.ts";
import { parseResource } from "../tasks/resource.ts";

/**
 * What a sound definition asks for and this machine does not do. Such a machine can be created and
 * read; it cannot be started.
 */
export function refusals(definition: Definition, type: string): string[] {
  const found: string[] = [];
  if (type === "EXPRESS") found.push("StartExecution of an EXPRESS state machine");
  for (const { name, state } of everyState(definition)) {
    const processor = state.ItemProcessor ?? state.Iterator;
    if (state.Type === "Map" && processor?.ProcessorConfig?.Mode === "DISTRIBUTED") {
      found.push(`a Map in DISTRIBUTED mode (state '${name}')`);
    }
    if (state.Type === "Task") {
      const resource = parseResource(state.Resource ?? "");
      if (resource.kind === "refused") found.push(`${resource.what} (state '${name}')`);
    }
  }
  return found;
}
