import type { Target } from "@aws-sdk/client-eventbridge";
import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";

export interface Rule {
  bus: string;
  name: string;
  arn: string;
  state: "ENABLED" | "DISABLED";
  pattern?: string | undefined;
  schedule?: string | undefined;
  description?: string | undefined;
  roleArn?: string | undefined;
  /** when its schedule is next due, milliseconds since 1970 */
  nextMs?: number | undefined;
}

export type StoredTarget = Target & { Id: string; Arn: string };

/** Buses, rules and their targets. */
export interface Rules {
  busArn(bus: string): string;
  /** @throws Refusal `ResourceNotFoundException` */
  requireBus(bus: string): void;
  buses(): string[];
  addBus(bus: string): void;
  removeBus(bus: string): void;
  find(bus: string, name: string): Rule | undefined;
  /** @throws Refusal `ResourceNotFoundException` */
  require(bus: string, name: string): Rule;
  list(bus: string): Rule[];
  put(rule: Rule): void;
  remove(rule: Rule): void;
  arn(bus: string, name: string): string;
  targets(rule: Rule): StoredTarget[];
  putTarget(rule: Rule, target: StoredTarget): void;
  removeTarget(rule: Rule, id: string): boolean;
  /** Enabled rules of a bus that have a pattern. */
  listening(bus: string): Rule[];
  /** Enabled rules with a schedule that is due at a moment, or all of them. */
  due(byMs: number): Rule[];
  soonestMs(): number | undefined;
}

export function openRules(cloud: Cloud): Rules {
  const { store } = cloud;
  store.schema(`
    CREATE TABLE IF NOT EXISTS events_buses (name TEXT PRIMARY KEY);
    INSERT OR IGNORE INTO events_buses VALUES ('default');
    CREATE TABLE IF NOT EXISTS events_rules (
      bus TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, pattern TEXT, schedule TEXT,
      description TEXT, role TEXT, next_ms INTEGER, PRIMARY KEY (bus, name));
    CREATE TABLE IF NOT EXISTS events_targets (
      bus TEXT NOT NULL, rule TEXT NOT NULL, id TEXT NOT NULL, target TEXT NOT NULL,
      PRIMARY KEY (bus, rule, id));
  `);
  const prefix = `arn:aws:events:${cloud.region}:${cloud.accountId}`;
  const arn = (bus: string, name: string) =>
    `${prefix}:rule/${bus === "default" ? "" : `${bus}/`}${name}`;
  const ruleOf = (row: RuleRow): Rule => ({
    bus: row.bus,
    name: row.name,
    arn: arn(row.bus, row.name),
    state: row.state,
    pattern: row.pattern ?? undefined,
    schedule: row.schedule ?? undefined,
    description: row.description ?? undefined,
    roleArn: row.role ?? undefined,
    nextMs: row.next_ms ?? undefined,
  });
  const find = (bus: string, name: string) => {
    const row = store.get<RuleRow>(
      "SELECT * FROM events_rules WHERE bus = ? AND name = ?",
      bus,
      name,
    );
    return row && ruleOf(row);
  };
  const rules = (where: string, ...values: Array<string | number>) =>
    store
      .all<RuleRow>(`SELECT * FROM events_rules WHERE ${where} ORDER BY name`, ...values)
      .map(ruleOf);

  return {
    arn,
    find,
    busArn: (bus) => `${prefix}:event-bus/${bus}`,
    requireBus(bus) {
      if (store.get("SELECT 1 FROM events_buses WHERE name = ?", bus)) return;
      throw new Refusal("ResourceNotFoundException", `Event bus ${bus} does not exist.`);
    },
    buses: () =>
      store
        .all<{ name: string }>("SELECT name FROM events_buses ORDER BY name")
        .map(({ name }) => name),
    addBus: (bus) => void store.run("INSERT INTO events_buses (name) VALUES (?)", bus),
    removeBus: (bus) => void store.run("DELETE FROM events_buses WHERE name = ?", bus),
    require(bus, name) {
      const rule = find(bus, name);
      if (rule) return rule;
      throw new Refusal(
        "ResourceNotFoundException",
        `Rule ${name} does not exist on EventBus ${bus}.`,
      );
    },
    list: (bus) => rules("bus = ?", bus),
    put(rule) {
      store.run(
        `INSERT OR REPLACE INTO events_rules (bus, name, state, pattern, schedule, description, role, next_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        rule.bus,
        rule.name,
        rule.state,
        rule.pattern ?? null,
        rule.schedule ?? null,
        rule.description ?? null,
        rule.roleArn ?? null,
        rule.nextMs ?? null,
      );
    },
    remove: (rule) =>
      void store.run("DELETE FROM events_rules WHERE bus = ? AND name = ?", rule.bus, rule.name),
    targets: (rule) =>
      store
        .all<{ target: string }>(
          "SELECT target FROM events_targets WHERE bus = ? AND rule = ? ORDER BY id",
          rule.bus,
          rule.name,
        )
        .map(({ target }) => JSON.parse(target) as StoredTarget),
    putTarget(rule, target) {
      store.run(
        "INSERT OR REPLACE INTO events_targets (bus, rule, id, target) VALUES (?, ?, ?, ?)",
        rule.bus,
        rule.name,
        target.Id,
        JSON.stringify(target),
      );
    },
    removeTarget: (rule, id) =>
      store.run(
        "DELETE FROM events_targets WHERE bus = ? AND rule = ? AND id = ?",
        rule.bus,
        rule.name,
        id,
      ).changes > 0,
    listening: (bus) => rules("bus = ? AND state = 'ENABLED' AND pattern IS NOT NULL", bus),
    due: (byMs) => rules("state = 'ENABLED' AND next_ms <= ?", byMs),
    soonestMs: () =>
      store.get<{ at: number | null }>(
        "SELECT min(next_ms) AS at FROM events_rules WHERE state = 'ENABLED'",
      )?.at ?? undefined,
  };
}

interface RuleRow extends Record<string, unknown> {
  bus: string;
  name: string;
  state: Rule["state"];
  pattern: string | null;
  schedule: string | null;
  description: string | null;
  role: string | null;
  next_ms: number | null;
}
