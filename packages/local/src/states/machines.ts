import type { Store } from "../kernel/store.ts";

/** A state machine as it is on disk. */
export interface MachineRow {
  id: number;
  arn: string;
  name: string;
  type: "STANDARD" | "EXPRESS";
  roleArn: string;
  definition: string;
  /** Logging, tracing and encryption as they were given. */
  settings: string;
  tags: string;
  /** Absent until the first update, as on AWS. */
  revisionId: string | null;
  /** The form that new executions take. */
  revision: number;
  createdAtMs: number;
  [column: string]: unknown;
}

export type Machines = ReturnType<typeof openMachines>;

export function openMachines(store: Store) {
  store.schema(TABLE);
  return {
    find(arn: string): MachineRow | undefined {
      return store.get<MachineRow>("SELECT * FROM states_machines WHERE arn = ?", arn);
    },

    add(machine: Omit<MachineRow, "id">): void {
      store.run(
        `INSERT INTO states_machines
           (arn, name, type, roleArn, definition, settings, tags, revisionId, revision, createdAtMs)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        machine.arn as string,
        machine.name as string,
        machine.type as string,
        machine.roleArn as string,
        machine.definition as string,
        machine.settings as string,
        machine.tags as string,
        machine.revisionId as string | null,
        machine.revision as number,
        machine.createdAtMs as number,
      );
    },

    update(machine: MachineRow): void {
      store.run(
        `UPDATE states_machines SET roleArn = ?, definition = ?, settings = ?, tags = ?,
           revisionId = ?, revision = ? WHERE arn = ?`,
        machine.roleArn,
        machine.definition,
        machine.settings,
        machine.tags,
        machine.revisionId,
        machine.revision,
        machine.arn,
      );
    },

    remove(arn: string): void {
      store.run("DELETE FROM states_machines WHERE arn = ?", arn);
    },

    list(after: number, limit: number): MachineRow[] {
      return store.all<MachineRow>(
        "SELECT * FROM states_machines WHERE id > ? ORDER BY id LIMIT ?",
        after,
        limit,
      );
    },
  };
}

const TABLE = `
  CREATE TABLE IF NOT EXISTS states_machines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL, roleArn TEXT NOT NULL,
    definition TEXT NOT NULL, settings TEXT NOT NULL, tags TEXT NOT NULL, revisionId TEXT,
    revision INTEGER NOT NULL, createdAtMs INTEGER NOT NULL
  );
`;
