import { named } from "./small-machine.ts";

interface SmallJob {
  id: string;
  status: string;
  userMetadata: Record<string, string>;
  fileInput: string;
  clientRequestToken: string;
  createdAtMs: number;
}

/** MediaConvert, as far as core leans on it: jobs, the one-minute token, lists, a probe. */
export interface Jobs {
  call(method: string, url: URL, body: Record<string, unknown>): object;
  all: SmallJob[];
  /** The encoder's clock, in step with the test's. */
  nowMs: () => number;
  /** What Probe answers. */
  probe: object | undefined;
  /** Searches see a job only after this long. */
  searchLagMs: number;
  /** Throws before or after the next CreateJob takes effect. */
  fault: ((when: "before" | "after") => void) | undefined;
}

export function smallEncoder(): Jobs {
  const jobs: Jobs = {
    all: [],
    nowMs: Date.now,
    probe: undefined,
    searchLagMs: 0,
    fault: undefined,
    call(method, url, body) {
      const path = url.pathname.replace("/2017-08-29/", "");
      if (path === "probe") {
        if (!jobs.probe) throw named("NotFoundException");
        return { probeResults: [jobs.probe] };
      }
      if (path === "jobs" && method === "POST") return { job: create(body) };
      if (path === "jobs" || path === "search") {
        const seen = jobs.all.filter((job) => jobs.nowMs() - job.createdAtMs >= jobs.searchLagMs);
        const input = url.searchParams.get("inputFile") ?? "";
        return {
          jobs: seen
            .filter((job) => job.fileInput.includes(input))
            .map(told)
            .reverse(),
        };
      }
      const found = jobs.all.find((job) => path === `jobs/${job.id}`);
      if (!found) throw named("NotFoundException");
      if (method === "DELETE") {
        if (["COMPLETE", "ERROR", "CANCELED"].includes(found.status))
          throw named("ConflictException");
        found.status = "CANCELED";
        return {};
      }
      return { job: told(found) };
    },
  };
  return jobs;

  function create(body: Record<string, unknown>): object {
    jobs.fault?.("before");
    const token = String(body.clientRequestToken);
    const recent = jobs.all.find(
      (job) => job.clientRequestToken === token && jobs.nowMs() - job.createdAtMs < 60_000,
    );
    const settings = body.settings as { inputs: { fileInput: string }[] };
    const job = recent ?? {
      id: `${1_767_348_123_456 + jobs.all.length}-abcdef`,
      status: "SUBMITTED",
      userMetadata: body.userMetadata as Record<string, string>,
      fileInput: settings.inputs[0]?.fileInput ?? "",
      clientRequestToken: token,
      createdAtMs: jobs.nowMs(),
    };
    if (!recent) jobs.all.push(job);
    jobs.fault?.("after");
    return told(job);
  }
}

function told(job: SmallJob): object {
  const { id, status, userMetadata, clientRequestToken } = job;
  return { id, status, userMetadata, clientRequestToken, role: "r", settings: {} };
}
