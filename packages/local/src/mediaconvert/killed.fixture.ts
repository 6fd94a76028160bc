import { sampleJob } from "./sample-job.ts";
import { studio } from "./testing.ts";

/** A process to be killed: starts one job in the folder it is given, and says when it encodes. */
const [dataDir = ""] = process.argv.slice(2);
const cloud = studio({ dataDir, onCommand: (jobId) => process.stdout.write(`${jobId}\n`) });
cloud.service.start?.();
await cloud.call("CreateJob", sampleJob("s3://uploads/film.mp4"));
