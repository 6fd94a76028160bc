import type { Delivery } from "@rushes/client";
import type { Command } from "commander";
import colors from "picocolors";
import { table } from "../output/table.ts";
import { ago } from "../output/words.ts";
import { doing } from "./run.ts";
import { gathered } from "./words.ts";

/** Addresses that are told what becomes of films. */
export function webhooks(rushes: Command): void {
  const group = rushes.command("webhooks").description("addresses that are told when films end");

  group
    .command("list", { isDefault: true })
    .description("yours")
    .action(
      doing(async (desk) => {
        const items = await (await desk.rushes()).webhooks.list();
        desk.terminal.answer({ items }, () =>
          items.length === 0
            ? "No webhooks. Add one with: rushes webhooks add URL"
            : table(
                ["ID", "ADDRESS", "EVENTS", "STATE"].map((name) => colors.dim(name)),
                items.map(({ id, url, events, enabled }) => [
                  id,
                  url,
                  events.join(", "),
                  enabled ? colors.green("on") : colors.yellow("off"),
                ]),
              ),
        );
        return undefined;
      }),
    );

  group
    .command("add <url>")
    .description("tell this address; its secret is shown once")
    .option("--event <event...>", "only these, such as video.ready")
    .action(
      doing(async (desk, url: string, { event }: { event?: string[] }) => {
        const client = await desk.rushes();
        const made = await client.webhooks.open({
          url,
          ...(event
            ? {
                events: event as NonNullable<Parameters<typeof client.webhooks.open>[0]["events"]>,
              }
            : {}),
        });
        desk.terminal.answer(made, () => secretOf(made));
        return undefined;
      }),
    );

  group
    .command("remove <webhook>")
    .description("tell it no more")
    .action(
      doing(async (desk, id: string) => {
        await (await desk.rushes()).webhooks.remove(id);
        desk.terminal.answer({ id }, () => `${colors.green("✓")} ${id} is gone`);
        return undefined;
      }),
    );

  group
    .command("rotate <webhook>")
    .description("a new secret; the old one signs along for a while")
    .action(
      doing(async (desk, id: string) => {
        const made = await (await desk.rushes()).webhooks.rotate(id);
        desk.terminal.answer(made, () => secretOf(made));
        return undefined;
      }),
    );

  group
    .command("test <webhook>")
    .description("send it a message that means nothing")
    .action(
      doing(async (desk, id: string) => {
        const delivery = await (await desk.rushes()).webhooks.test(id);
        desk.terminal.answer(
          delivery,
          () => `${delivery.id} is on its way: rushes webhooks deliveries ${id}`,
        );
        return undefined;
      }),
    );

  group
    .command("deliveries <webhook>")
    .description("what it was told, and how it answered")
    .action(
      doing(async (desk, id: string) => {
        const items = await gathered((await desk.rushes()).webhooks.deliveries(id));
        desk.terminal.answer({ items }, () =>
          items.length === 0
            ? "Nothing was sent yet. Try it with: rushes webhooks test WEBHOOK"
            : table(
                ["ID", "EVENT", "STATE", "TRIES", "LAST ANSWER", "AGE"].map((name) =>
                  colors.dim(name),
                ),
                items.map((one) => [
                  one.id,
                  one.event,
                  one.state,
                  String(one.tries.length),
                  answered(one),
                  ago(one.at, Date.now()),
                ]),
              ),
        );
        return undefined;
      }),
    );

  group
    .command("replay <webhook> <delivery>")
    .description("send a delivery again, under its old id")
    .action(
      doing(async (desk, id: string, delivery: string) => {
        const again = await (await desk.rushes()).webhooks.replay(id, delivery);
        desk.terminal.answer(again, () => `${again.id} is on its way again`);
        return undefined;
      }),
    );
}

/** How the address took the last try. */
function answered({ tries }: Delivery): string {
  const last = tries.at(-1);
  return last?.problem ?? (last?.status === undefined ? "" : String(last.status));
}

function secretOf({ id, secret }: { id: string; secret: string }): string {
  return `${id}\n  secret  ${secret}\n  Keep it: it is not shown again.`;
}
