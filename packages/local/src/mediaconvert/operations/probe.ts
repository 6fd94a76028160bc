import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ProbeCommandInput, ProbeResult } from "@aws-sdk/client-mediaconvert";
import type { Caller } from "../../kernel/caller.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Operation } from "../../kernel/service.ts";
import { type ObjectFacts, parseS3 } from "../objects.ts";
import { inspect, Unreadable } from "../probe/ffprobe.ts";
import { withFirstPicture } from "../probe/frame.ts";
import { headOf, magicOf } from "../probe/magic.ts";
import { reportOf } from "../probe/report.ts";
import type { Parts } from "./parts.ts";

/** Looks into an object with the caller's own right to read it. */
export function probeOperations(parts: Parts): Record<string, Operation> {
  return {
    Probe: {
      needs: () => ({ action: "mediaconvert:Probe", resource: "*" }),
      async run(input: ProbeCommandInput, caller: Caller) {
        const files = input.InputFiles ?? [];
        if (files.length !== 1) {
          throw new Refusal("BadRequestException", "/inputFiles: should have exactly one file");
        }
        const results: ProbeResult[] = [];
        for (const [index, file] of files.entries()) {
          const address = parseS3(typeof file?.FileUrl === "string" ? file.FileUrl : "");
          if (!address?.key) {
            throw new Refusal(
              "BadRequestException",
              `/inputFiles/${index}/fileUrl: should be an address such as s3://bucket/key`,
            );
          }
          results.push(await probe(parts, address, caller));
        }
        return { ProbeResults: results };
      },
    },
  };
}

async function probe(
  parts: Parts,
  address: { bucket: string; key: string },
  caller: Caller,
): Promise<ProbeResult> {
  const { objects, cloud } = parts;
  const jail = join(cloud.folder("mediaconvert"), "probe", randomUUID());
  await mkdir(jail, { recursive: true });
  try {
    let facts: ObjectFacts;
    const file = join(jail, "source");
    try {
      facts = objects.head(address.bucket, address.key, caller);
      await objects.fetchTo(address.bucket, address.key, file, caller);
    } catch (error) {
      throw asProbeRefusal(error);
    }
    if (facts.sizeBytes === 0 || !magicOf(headOf(file))) throw notAnalysed();
    const { ffprobe } = parts.tools();
    const media = await withFirstPicture(ffprobe, jail, await inspect(ffprobe, jail));
    return reportOf(media, facts);
  } catch (error) {
    if (error instanceof Unreadable) throw notAnalysed(error);
    throw error;
  } finally {
    await rm(jail, { recursive: true, force: true, maxRetries: 3 });
  }
}

function notAnalysed(cause?: unknown): Refusal {
  return new Refusal("UnprocessableEntityException", "The file cannot be analysed.", {
    httpStatus: 422,
    cause,
  });
}

function asProbeRefusal(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  if (error.httpStatus === 404) {
    return new Refusal("NotFoundException", "The file does not exist.", {
      httpStatus: 404,
      cause: error,
    });
  }
  if (error.httpStatus === 403) {
    return new Refusal("ForbiddenException", error.message, { httpStatus: 403, cause: error });
  }
  return error;
}
