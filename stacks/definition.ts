import { readFileSync } from "node:fs";

/**
 * A state machine's file with its `${Name}`s replaced.
 *
 * @throws when the file names something that nothing is bound to, or is no JSON afterwards
 */
export function definition(file: string, bindings: Record<string, $util.Input<string | number>>) {
  const story = readFileSync(file, "utf8");
  return $resolve(bindings).apply((bound) => {
    const told = story.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = bound[name];
      if (value === undefined) throw new Error(`${file}: nothing is bound to \${${name}}`);
      return JSON.stringify(String(value)).slice(1, -1);
    });
    return JSON.stringify(JSON.parse(told));
  });
}
