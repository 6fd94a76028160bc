import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import colors from "picocolors";
import { Ended } from "../exit.ts";
import type { Place } from "../session/place.ts";
import { accountsOf } from "../session/session.ts";
import { doing } from "./run.ts";

/** Who one is. */
export function people(rushes: Command): void {
  rushes
    .command("login [email]")
    .description("sign in; on a laptop admin, editor and viewer are there and need no password")
    .option("--password-stdin", "read the password from standard input")
    .action(
      doing(async (desk, email: string | undefined, options: { passwordStdin?: boolean }) => {
        const place = desk.place();
        const fromStdin = options.passwordStdin === true;
        const who = (!fromStdin && seeded(place, email)) || (await asked(email, fromStdin));
        await accountsOf(place).signIn(who);
        desk.terminal.answer(
          { email: who.email, api: place.api },
          () => `${colors.green("✓")} ${who.email} at ${place.api}`,
        );
        return undefined;
      }),
    );

  rushes
    .command("logout")
    .description("forget who is signed in")
    .option("--everywhere", "on every device")
    .action(
      doing(async (desk, { everywhere }: { everywhere?: boolean }) => {
        const place = desk.place();
        await accountsOf(place).signOut({ everywhere: everywhere === true });
        desk.terminal.answer({ api: place.api }, () => `${colors.green("✓")} signed out`);
        return undefined;
      }),
    );

  rushes
    .command("whoami")
    .description("your id, for others to share films with you")
    .action(
      doing(async (desk) => {
        const me = await (await desk.rushes()).me();
        desk.terminal.answer(me, () => `${me.id}  ${me.groups.join(", ") || "no group"}`);
        return undefined;
      }),
    );
}

/** A laptop's own users, by address or by group. */
function seeded({ laptop }: Place, email = "admin") {
  return laptop?.users.find((user) => user.email === email || user.group === email);
}

async function asked(email: string | undefined, fromStdin: boolean) {
  if (fromStdin) {
    if (!email) throw new Ended("usage", "Who? Say rushes login EMAIL --password-stdin.");
    return { email, password: (await text(process.stdin)).replace(/\r?\n$/, "") };
  }
  if (!process.stdin.isTTY) {
    throw new Ended(
      "usage",
      "Nobody can be asked here: say --password-stdin, or set RUSHES_TOKEN.",
    );
  }
  const name = email ?? (await line("Email: "));
  return { email: name, password: await line("Password: ", true) };
}

/** One line from the terminal; what is hidden is not echoed. */
async function line(question: string, hidden = false): Promise<string> {
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (hidden) process.stderr.write(question);
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? mute : process.stderr,
    terminal: true,
  });
  const said = await lines.question(hidden ? "" : question);
  lines.close();
  if (hidden) process.stderr.write("\n");
  return said.trim();
}
