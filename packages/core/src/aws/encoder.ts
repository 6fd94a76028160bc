import {
  BadRequestException,
  CancelJobCommand,
  ConflictException,
  CreateJobCommand,
  type CreateJobCommandInput,
  ForbiddenException,
  GetJobCommand,
  type Job,
  ListJobsCommand,
  MediaConvertClient,
  NotFoundException,
  ProbeCommand,
  type ProbeResult,
  SearchJobsCommand,
  TooManyRequestsException,
  UnprocessableEntityException,
} from "@aws-sdk/client-mediaconvert";
import { Problem } from "../problem/index.ts";
import { once } from "./once.ts";

/** What became of a CreateJob: `unknown` means that a job may have been made all the same. */
export type Created =
  | { is: "created"; jobId: string }
  | { is: "throttled" }
  | { is: "refused"; message: string }
  | { is: "unknown"; error: unknown };

export async function create(input: CreateJobCommandInput): Promise<Created> {
  try {
    const answer = await single().send(new CreateJobCommand(input));
    const jobId = answer.Job?.Id;
    if (!jobId) return { is: "unknown", error: new Error("CreateJob answered without a job") };
    return { is: "created", jobId };
  } catch (error) {
    if (error instanceof TooManyRequestsException) return { is: "throttled" };
    if (
      error instanceof BadRequestException ||
      error instanceof ForbiddenException ||
      error instanceof NotFoundException
    ) {
      return { is: "refused", message: error.message };
    }
    return { is: "unknown", error };
  }
}

/** The job; undefined when MediaConvert does not know it. */
export async function get(jobId: string): Promise<Job | undefined> {
  try {
    return (await mediaConvert().send(new GetJobCommand({ Id: jobId }))).Job;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}

/** Recent jobs of a queue, newest first, at most `pages` times twenty. */
export async function* recent(queueArn: string, pages: number): AsyncGenerator<Job> {
  let from: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const answer = await mediaConvert().send(
      new ListJobsCommand({
        Queue: queueArn,
        Order: "DESCENDING",
        MaxResults: 20,
        ...(from ? { NextToken: from } : {}),
      }),
    );
    yield* answer.Jobs ?? [];
    from = answer.NextToken;
    if (!from) return;
  }
}

/** Jobs that read a source, newest first. */
export async function reading(inputFile: string): Promise<Job[]> {
  const found: Job[] = [];
  let from: string | undefined;
  do {
    const answer = await mediaConvert().send(
      new SearchJobsCommand({
        // longer addresses are searched by their end, which tells films apart
        InputFile: inputFile.slice(-300),
        Order: "DESCENDING",
        MaxResults: 20,
        ...(from ? { NextToken: from } : {}),
      }),
    );
    found.push(...(answer.Jobs ?? []));
    from = answer.NextToken;
  } while (from && found.length < 200);
  return found;
}

/** Asks for a job to be stopped. One that is over, or unknown, needs no stopping. */
export async function cancel(jobId: string): Promise<void> {
  try {
    await mediaConvert().send(new CancelJobCommand({ Id: jobId }));
  } catch (error) {
    if (error instanceof NotFoundException || error instanceof ConflictException) return;
    if (error instanceof BadRequestException) return;
    throw error;
  }
}

/**
 * Looks into a source without reading it whole.
 *
 * @throws Problem `SourceUnreadable`, `SourceMissing`, `EncoderBusy` or `EncoderDenied`
 */
export async function probe(fileUrl: string): Promise<ProbeResult> {
  try {
    const answer = await mediaConvert().send(
      new ProbeCommand({ InputFiles: [{ FileUrl: fileUrl }] }),
    );
    const found = answer.ProbeResults?.[0];
    if (!found) throw new Problem("SourceUnreadable");
    return found;
  } catch (error) {
    if (error instanceof UnprocessableEntityException || error instanceof BadRequestException) {
      throw new Problem("SourceUnreadable", {}, { cause: error });
    }
    if (error instanceof NotFoundException) throw new Problem("SourceMissing");
    if (error instanceof TooManyRequestsException) throw new Problem("EncoderBusy");
    if (error instanceof ForbiddenException) throw new Problem("EncoderDenied");
    throw error;
  }
}

const mediaConvert = once(() => new MediaConvertClient({}));

/**
 * For CreateJob alone: one try. A retry inside the SDK could hide that the first try made a job
 * behind the throttling of the second. The timeout leaves the function time to write down why.
 */
const single = once(
  () => new MediaConvertClient({ maxAttempts: 1, requestHandler: { requestTimeout: 4000 } }),
);
