import type { Tools } from "../../ffmpeg/find.ts";
import type { Cloud } from "../../kernel/cloud.ts";
import type { Arns } from "../arns.ts";
import type { Runner } from "../jobs/runner.ts";
import type { Objects } from "../objects.ts";
import type { Queues } from "../queue/queues.ts";
import type { InputPolicy } from "./policy.ts";
import type { Tags } from "./tags.ts";

/** What operations are made of. */
export interface Parts {
  cloud: Cloud;
  arns: Arns;
  queues: Queues;
  runner: Runner;
  tags: Tags;
  policy: InputPolicy;
  objects: Objects;
  tools: () => Tools;
}
