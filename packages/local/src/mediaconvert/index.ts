import { findTools, type Tools } from "../ffmpeg/find.ts";
import type { Cloud } from "../kernel/cloud.ts";
import type { Operation, Service } from "../kernel/service.ts";
import { arnsOf } from "./arns.ts";
import { jobTables } from "./jobs/row.ts";
import { openRunner } from "./jobs/runner.ts";
import type { Objects } from "./objects.ts";
import { jobOperations } from "./operations/jobs.ts";
import type { Parts } from "./operations/parts.ts";
import { openPolicy, policyTables } from "./operations/policy.ts";
import { probeOperations } from "./operations/probe.ts";
import { queueOperations } from "./operations/queues.ts";
import { refusedOperations } from "./operations/refused.ts";
import { openTags, tagTables } from "./operations/tags.ts";
import { openQueues, type Queues, queueTables } from "./queue/queues.ts";
import { route, spelling } from "./wire.ts";

export type { ObjectFacts, Objects } from "./objects.ts";

/** MediaConvert with what the deploy needs of it. */
export interface MediaConvert extends Service {
  readonly queues: Queues;
  /** What ffmpeg and ffprobe are, or why there is none. */
  health(): { ok: true; tools: Tools } | { ok: false; reason: string };
}

export interface MediaConvertOptions {
  /** S3's door for neighbours */
  objects: Objects;
  /** Takes what AWS would refuse for its codec, when this machine can decode it. */
  lenient?: boolean;
  /** instead of looking for the programs */
  ffmpeg?: { ffmpeg: string; ffprobe: string };
  /** jobs at once on this machine, whatever the queues allow; default a quarter of the cores */
  parallel?: number;
  /** hears each job's ffmpeg, as a line that can be pasted into a shell */
  onCommand?: (jobId: string, line: string) => void;
}

/** A MediaConvert that encodes with ffmpeg: the same requests, files, events and refusals. */
export function openMediaConvert(cloud: Cloud, options: MediaConvertOptions): MediaConvert {
  cloud.store.schema(jobTables + queueTables + tagTables + policyTables);
  const arns = arnsOf(cloud);
  const queues = openQueues(cloud, arns);
  const tools = (): Tools =>
    options.ffmpeg
      ? { ...options.ffmpeg, from: { ffmpeg: "FFMPEG_PATH", ffprobe: "FFPROBE_PATH" } }
      : findTools();
  const { objects } = options;
  const lenient = options.lenient ?? false;
  const runner = openRunner({
    cloud,
    arns,
    queues,
    objects,
    tools,
    lenient,
    parallel: options.parallel,
    onCommand: options.onCommand,
  });
  const tags = openTags(cloud, arns, queues);
  const policy = openPolicy(cloud);
  const parts: Parts = { cloud, arns, queues, runner, tags, policy, objects, tools };
  const operations: Record<string, Operation> = {
    ...jobOperations(parts),
    ...queueOperations(parts),
    ...probeOperations(parts),
    ...tags.operations,
    ...policy.operations,
    DescribeEndpoints: {
      needs: () => ({ action: "mediaconvert:DescribeEndpoints", resource: "*" }),
      run: () => ({ Endpoints: [{ Url: cloud.origin }] }),
    },
    ListVersions: {
      needs: () => ({ action: "mediaconvert:ListVersions", resource: "*" }),
      run: () => ({ Versions: [{ Version: "2017-08-29" }] }),
    },
    ...refusedOperations,
  };
  const service: MediaConvert = {
    name: "mediaconvert",
    wire: { protocol: "rest-json", route, spelling },
    operations,
    queues,
    start: () => runner.start(),
    stop: () => runner.stop(),
    health() {
      try {
        return { ok: true, tools: tools() };
      } catch (error) {
        return { ok: false, reason: error instanceof Error ? error.message : String(error) };
      }
    },
  };
  cloud.add(service);
  return service;
}
