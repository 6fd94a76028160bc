import type { RestRoute } from "../kernel/service.ts";

/** Which operation a request means. Source: EventBridge Scheduler API reference. */
export function route(method: string, path: string, query: URLSearchParams): RestRoute | undefined {
  const [, name] = /^\/schedules\/([^/]+)$/.exec(path) ?? [];
  if (name !== undefined) {
    const operation = BY_METHOD[method];
    const group = query.get("groupName");
    const params = { Name: decodeURIComponent(name), ...(group ? { GroupName: group } : {}) };
    return operation ? { operation, params } : undefined;
  }
  if (method !== "GET" || !/^\/schedules\/?$/.test(path)) return undefined;
  const most = query.get("MaxResults");
  const named = {
    GroupName: query.get("ScheduleGroup"),
    NamePrefix: query.get("NamePrefix"),
    State: query.get("State"),
    NextToken: query.get("NextToken"),
    MaxResults: most === null ? null : Number(most),
  };
  const given = Object.entries(named).filter(([, value]) => value !== null);
  return { operation: "ListSchedules", params: Object.fromEntries(given) };
}

const BY_METHOD: Record<string, string> = {
  POST: "CreateSchedule",
  PUT: "UpdateSchedule",
  GET: "GetSchedule",
  DELETE: "DeleteSchedule",
};
