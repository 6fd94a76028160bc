import { parseArgs } from "node:util";
import { FIRST_PORT } from "@rushes/local/ports";

export interface StartOptions {
  /** where state lives */
  dataDir: string;
  /** AWS APIs on this port, the HTTP API one above, the CDN three */
  port: number;
  /** whether `port` was asked for by name */
  portGiven: boolean;
  fresh: boolean;
  sample: boolean;
  /** a film to take through the whole trip, after which the laptop ends */
  once?: string;
  lenient: boolean;
}

/** Says what is wrong with the words of a command, and what to write instead. */
export class Usage extends Error {}

export const help = `rushes start: the whole of Rushes on this machine

  --data DIR     where state lives                                  (default .rushes)
  --port N       AWS APIs on N, the HTTP API on N+1, the CDN on N+3 (default ${FIRST_PORT})
  --fresh        forget everything in DIR first
  --no-sample    do not bring in the sample film when the library is empty
  --once FILE    take one film through the whole trip, print one JSON value, end:
                 exit code 0 READY, 1 FAILED, 2 wrong usage
  --lenient      transcode what MediaConvert would refuse, when ffmpeg can`;

/** @throws Usage */
export function parseStart(words: string[]): StartOptions | "help" {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: words,
      allowNegative: true,
      options: {
        data: { type: "string" },
        port: { type: "string" },
        fresh: { type: "boolean" },
        sample: { type: "boolean" },
        once: { type: "string" },
        lenient: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    throw new Usage(`${(error as Error).message}. Say --help for the options.`);
  }
  if (values.help) return "help";
  const portText = String(values.port ?? FIRST_PORT);
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port > 65_532) {
    throw new Usage(`--port takes a whole number from 0 to 65532, not "${portText}".`);
  }
  // an empty word is a variable that was not set, and would mean the folder one stands in
  for (const name of ["data", "once"] as const) {
    if (values[name] === "") throw new Usage(`--${name} takes a path, not an empty word.`);
  }
  return {
    dataDir: String(values.data ?? ".rushes"),
    port,
    portGiven: values.port !== undefined,
    fresh: values.fresh === true,
    sample: values.sample !== false,
    lenient: values.lenient === true,
    ...(typeof values.once === "string" ? { once: values.once } : {}),
  };
}
