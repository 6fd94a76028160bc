import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writePrivate } from "@rushes/local/kernel/private-file";
import { Ended } from "../exit.ts";

/** Secrets of a stage that are about its keys. Public halves are PEM too. */
export const names = [
  "SigningKey",
  "SigningPublicKey",
  /** of the next key; gone once it signs, and absent where the other key is the last one */
  "SigningKeyOther",
  "SigningPublicKeyOther",
  /** when the next key became the one that signs, ISO 8601 */
  "SigningRotatedAt",
] as const;
export type Name = (typeof names)[number];

/** Where a stage keeps its secrets. */
export interface Secrets {
  read(): Promise<Partial<Record<Name, string>>>;
  /** Undefined takes a secret away. */
  write(values: Partial<Record<Name, string | undefined>>): Promise<void>;
  /** How what was written comes into force, as a sentence. */
  apply: string;
}

/** The secrets of a laptop, in its data folder. */
export function laptopSecrets(dataDir: string): Secrets {
  const file = join(dataDir, "secrets.json");
  const all = (): Record<string, string> => {
    try {
      return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new Ended("missing", `${dataDir} is not a data folder of Rushes: npm start makes one.`);
    }
  };
  return {
    read: async () => all(),
    async write(values) {
      // undefined is left out of JSON
      writePrivate(file, JSON.stringify({ ...all(), ...values }, null, 2));
    },
    apply: "It holds from the laptop's next start.",
  };
}

/** Runs `sst` with words and a text on its standard input, and answers what it printed. */
export type RunSst = (words: readonly string[], input?: string) => Promise<string>;

/** The secrets of a deployed stage, through `sst secret`: values never stand on a command line. */
export function stageSecrets(stage: string, run: RunSst = runSst): Secrets {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(stage)) {
    throw new Ended("usage", `${JSON.stringify(stage)} is not the name of a stage.`);
  }
  const sst = (words: string[], input?: string) =>
    run(["secret", ...words, "--stage", stage], input);
  return {
    async read() {
      const listed = await sst(["list"]);
      return Object.fromEntries(
        names.flatMap((name) => {
          const value = valueIn(listed, name);
          return value ? [[name, value]] : [];
        }),
      );
    },
    async write(values) {
      for (const [name, value] of Object.entries(values)) {
        if (value === undefined) await sst(["remove", name]);
        else await sst(["set", name], value);
      }
    },
    apply: `It holds after npx sst deploy --stage ${stage}.`,
  };
}

/** `sst secret list` prints `Name=value`, and a PEM as it is, line by line. */
function valueIn(listed: string, name: Name): string | undefined {
  const [, value] =
    new RegExp(`^${name}=(-----BEGIN [\\s\\S]+?-----END [A-Z ]+-----|.*)$`, "m").exec(listed) ?? [];
  return value?.trim();
}

function runSst(words: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("npx", ["--no-install", "sst", ...words], {
      shell: process.platform === "win32", // npx is a .cmd there; words are names of ours
    });
    let printed = "";
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.on("error", reject);
    child.stdin.on("error", () => undefined); // its exit says why it did not read
    child.on("close", (code) => {
      if (code === 0) return resolve(printed);
      // a stage that nobody has given a secret yet
      if (/No secrets found/.test(printed + said)) return resolve("");
      const reason = said.trim().split("\n").at(-1) ?? "";
      reject(new Ended("failed", `sst ${words.join(" ")} ended with ${code}. ${reason}`.trim()));
    });
    child.stdin.end(input);
  });
}
