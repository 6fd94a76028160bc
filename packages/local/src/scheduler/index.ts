import { randomUUID } from "node:crypto";
import { page } from "../events/show.ts";
import type { Need } from "../kernel/caller.ts";
import type { Cloud } from "../kernel/cloud.ts";
import type { Service } from "../kernel/service.ts";
import { openClockwork } from "./clockwork.ts";
import { type DeliveryOptions, openInvocations } from "./delivery.ts";
import { route } from "./route.ts";
import { type Asked, nextMs, readSchedule } from "./schedule.ts";
import { openSchedules, type StoredSchedule } from "./schedules.ts";

export type SchedulerService = Service & {
  /** How many invocations are on their way or waiting for another try. */
  owed(): number;
};

/** EventBridge Scheduler: schedules that act under a role of their own. */
export function openScheduler(cloud: Cloud, options: DeliveryOptions = {}): SchedulerService {
  const schedules = openSchedules(cloud);
  const invocations = openInvocations(cloud, options);

  const clockwork = openClockwork(cloud, schedules.soonestMs, (now) =>
    cloud.store.transaction(() => {
      for (const stored of schedules.due(now)) fire(stored, now);
    }),
  );

  const fire = (stored: StoredSchedule, now: number) => {
    const { schedule, arn, dueMs = now } = stored;
    invocations.owe({
      scheduleArn: arn,
      groupArn: `arn:aws:scheduler:${cloud.region}:${cloud.accountId}:schedule-group/${schedule.GroupName}`,
      target: schedule.Target,
      scheduledMs: dueMs,
      executionId: randomUUID(),
    });
    const next = nextMs(schedule, dueMs, now);
    if (next === undefined && schedule.ActionAfterCompletion === "DELETE") schedules.remove(stored);
    else schedules.move(stored, next);
  };

  const looked = <Out>(answer: Out): Out => {
    cloud.store.afterCommit(clockwork.look);
    return answer;
  };
  const need = (action: string, { GroupName = "default", Name }: Asked): Need => ({
    action: `scheduler:${action}`,
    resource: schedules.arn(String(GroupName), String(Name ?? "")),
  });
  /** Who makes a schedule hands its role to the scheduler. */
  const withRole = (action: string, input: Asked): Need[] => {
    const { RoleArn } = (input.Target ?? {}) as { RoleArn?: string };
    const pass = {
      action: "iam:PassRole",
      resource: RoleArn ?? "",
      context: { "iam:PassedToService": "scheduler.amazonaws.com" },
    };
    return RoleArn ? [need(action, input), pass] : [need(action, input)];
  };
  const named = ({ GroupName = "default", Name }: Asked) =>
    schedules.require(String(GroupName), String(Name ?? ""));

  const service: SchedulerService = {
    name: "scheduler",
    wire: { protocol: "rest-json", route },
    operations: {
      CreateSchedule: {
        needs: (input: Asked) => withRole("CreateSchedule", input),
        run: (input: Asked) => looked({ ScheduleArn: schedules.add(readSchedule(input)).arn }),
      },
      UpdateSchedule: {
        needs: (input: Asked) => withRole("UpdateSchedule", input),
        run: (input: Asked) => looked({ ScheduleArn: schedules.change(readSchedule(input)).arn }),
      },
      GetSchedule: {
        needs: (input: Asked) => need("GetSchedule", input),
        run: (input: Asked) => shown(named(input)),
      },
      DeleteSchedule: {
        needs: (input: Asked) => need("DeleteSchedule", input),
        run(input: Asked) {
          schedules.remove(named(input));
          return {};
        },
      },
      ListSchedules: {
        needs: () => ({ action: "scheduler:ListSchedules", resource: "*" }),
        run({ GroupName, NamePrefix = "", State, MaxResults, NextToken }: ListAsked) {
          const found = schedules
            .list()
            .filter(({ schedule }) => GroupName === undefined || schedule.GroupName === GroupName)
            .filter(({ schedule }) => schedule.Name.startsWith(NamePrefix))
            .filter(({ schedule }) => State === undefined || schedule.State === State);
          const { items, more } = page(found, MaxResults, NextToken);
          return { Schedules: items.map(summary), ...more };
        },
      },
    },
    start() {
      invocations.start();
      clockwork.start();
    },
    async stop() {
      clockwork.stop();
      await invocations.stop();
    },
    owed: invocations.owed,
  };
  cloud.add(service);
  return service;
}

interface ListAsked {
  GroupName?: string;
  NamePrefix?: string;
  State?: string;
  MaxResults?: number;
  NextToken?: string;
}

function shown({ schedule, arn, createdMs, modifiedMs }: StoredSchedule) {
  const { startMs, endMs, ...rest } = schedule;
  return {
    ...rest,
    Arn: arn,
    CreationDate: new Date(createdMs),
    LastModificationDate: new Date(modifiedMs),
    ...(startMs === undefined ? {} : { StartDate: new Date(startMs) }),
    ...(endMs === undefined ? {} : { EndDate: new Date(endMs) }),
  };
}

function summary({ schedule, arn, createdMs, modifiedMs }: StoredSchedule) {
  return {
    Arn: arn,
    Name: schedule.Name,
    GroupName: schedule.GroupName,
    State: schedule.State,
    CreationDate: new Date(createdMs),
    LastModificationDate: new Date(modifiedMs),
    Target: { Arn: schedule.Target.Arn },
  };
}
