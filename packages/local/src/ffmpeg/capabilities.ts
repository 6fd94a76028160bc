import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { ask } from "./run.ts";

/** What one build can do. Builds are told apart by this, never by their version text. */
export interface Capabilities {
  version: string;
  encoders: ReadonlySet<string>;
  filters: ReadonlySet<string>;
}

/** Asked once per program and change of it. */
export function capabilities(program: string): Promise<Capabilities> {
  const key = `${program} ${statSync(program).mtimeMs}`;
  const known = asked.get(key);
  if (known) return known;
  const answer = probe(program);
  asked.set(key, answer);
  answer.catch(() => asked.delete(key));
  return answer;
}

async function probe(program: string): Promise<Capabilities> {
  const [version, encoders, filters] = await Promise.all(
    ["-version", "-encoders", "-filters"].map(async (question) => {
      const answer = await ask({
        program,
        args: ["-hide_banner", question],
        folder: tmpdir(),
        timeoutMs: 30_000,
      });
      if (answer.code !== 0) throw new Error(`${program} ${question} ended with ${answer.code}`);
      return answer.output;
    }),
  );
  return {
    version: version?.split("\n", 1)[0] ?? "",
    encoders: names(encoders ?? ""),
    filters: names(filters ?? ""),
  };
}

/** Lists have flags first, then the name: ` V..... libx264  H.264 ...`. */
function names(list: string): Set<string> {
  const found = list.matchAll(/^ [\w.|]{2,6} +(\w+) /gm);
  return new Set([...found].map(([, name]) => name ?? ""));
}

const asked = new Map<string, Promise<Capabilities>>();
