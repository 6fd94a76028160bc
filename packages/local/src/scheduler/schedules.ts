import type { Cloud } from "../kernel/cloud.ts";
import { Refusal } from "../kernel/refusal.ts";
import { firstMs, type Schedule } from "./schedule.ts";

export interface StoredSchedule {
  schedule: Schedule;
  arn: string;
  /** when it is due, milliseconds since 1970; undefined when it is over or disabled */
  dueMs: number | undefined;
  createdMs: number;
  modifiedMs: number;
}

export interface Schedules {
  arn(group: string, name: string): string;
  find(group: string, name: string): StoredSchedule | undefined;
  /** @throws Refusal `ResourceNotFoundException` */
  require(group: string, name: string): StoredSchedule;
  add(schedule: Schedule): StoredSchedule;
  /** Replaces a schedule; one that says when it did before keeps its beat. */
  change(schedule: Schedule): StoredSchedule;
  move(stored: StoredSchedule, dueMs: number | undefined): void;
  remove(stored: StoredSchedule): void;
  list(): StoredSchedule[];
  due(byMs: number): StoredSchedule[];
  soonestMs(): number | undefined;
}

export function openSchedules(cloud: Cloud): Schedules {
  const { store } = cloud;
  store.schema(`
    CREATE TABLE IF NOT EXISTS scheduler_schedules (
      grp TEXT NOT NULL, name TEXT NOT NULL, schedule TEXT NOT NULL, due_ms INTEGER,
      created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL, PRIMARY KEY (grp, name));
    CREATE INDEX IF NOT EXISTS scheduler_due ON scheduler_schedules (due_ms);
  `);
  const arn = (group: string, name: string) =>
    `arn:aws:scheduler:${cloud.region}:${cloud.accountId}:schedule/${group}/${name}`;
  const rows = (where: string, ...values: Array<string | number>) =>
    store
      .all<ScheduleRow>(
        `SELECT * FROM scheduler_schedules WHERE ${where} ORDER BY grp, name`,
        ...values,
      )
      .map((row) => ({
        schedule: JSON.parse(row.schedule) as Schedule,
        arn: arn(row.grp, row.name),
        dueMs: row.due_ms ?? undefined,
        createdMs: row.created_ms,
        modifiedMs: row.modified_ms,
      }));
  const find = (group: string, name: string): StoredSchedule | undefined =>
    rows("grp = ? AND name = ?", group, name)[0];
  const require = (group: string, name: string) => {
    const found = find(group, name);
    if (found) return found;
    throw new Refusal("ResourceNotFoundException", `Schedule ${name} does not exist.`, {
      httpStatus: 404,
    });
  };
  const beginsMs = (schedule: Schedule) =>
    schedule.State === "ENABLED" ? firstMs(schedule, cloud.now()) : undefined;

  return {
    arn,
    find,
    require,
    add(schedule) {
      const { GroupName, Name } = schedule;
      if (find(GroupName, Name)) {
        throw new Refusal("ConflictException", `Schedule ${Name} already exists.`, {
          httpStatus: 409,
        });
      }
      store.run(
        `INSERT INTO scheduler_schedules (grp, name, schedule, due_ms, created_ms, modified_ms)
         VALUES (?, ?, ?, ?, ?, ?)`,
        GroupName,
        Name,
        JSON.stringify(schedule),
        beginsMs(schedule) ?? null,
        cloud.now(),
        cloud.now(),
      );
      return require(GroupName, Name);
    },
    change(schedule) {
      const before = require(schedule.GroupName, schedule.Name);
      const isKept = timing(before.schedule) === timing(schedule);
      store.run(
        "UPDATE scheduler_schedules SET schedule = ?, due_ms = ?, modified_ms = ? WHERE grp = ? AND name = ?",
        JSON.stringify(schedule),
        (isKept ? before.dueMs : beginsMs(schedule)) ?? null,
        cloud.now(),
        schedule.GroupName,
        schedule.Name,
      );
      return require(schedule.GroupName, schedule.Name);
    },
    move({ schedule }, dueMs) {
      store.run(
        "UPDATE scheduler_schedules SET due_ms = ? WHERE grp = ? AND name = ?",
        dueMs ?? null,
        schedule.GroupName,
        schedule.Name,
      );
    },
    remove({ schedule }) {
      store.run(
        "DELETE FROM scheduler_schedules WHERE grp = ? AND name = ?",
        schedule.GroupName,
        schedule.Name,
      );
    },
    list: () => rows("1"),
    due: (byMs) => rows("due_ms <= ?", byMs),
    soonestMs: () =>
      store.get<{ at: number | null }>("SELECT min(due_ms) AS at FROM scheduler_schedules")?.at ??
      undefined,
  };
}

/** All that decides when a schedule is due. */
function timing(schedule: Schedule): string {
  const { ScheduleExpression, ScheduleExpressionTimezone, State, startMs, endMs } = schedule;
  return JSON.stringify([ScheduleExpression, ScheduleExpressionTimezone, State, startMs, endMs]);
}

interface ScheduleRow extends Record<string, unknown> {
  grp: string;
  name: string;
  schedule: string;
  due_ms: number | null;
  created_ms: number;
  modified_ms: number;
}
