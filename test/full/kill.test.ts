import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListJobsCommand, MediaConvertClient } from "@aws-sdk/client-mediaconvert";
import { connect } from "@rushes/cli/operator";
import { describe, expect, it } from "vitest";
import { born, placeOf } from "../support/born.ts";
import { ended } from "../support/laptop.ts";
import { clip } from "../support/media.ts";
import type { Moment } from "../support/mortal.ts";
import { until } from "../support/until.ts";

const moments: Moment[] = [
  "during Validate",
  "between park and CreateJob",
  "between CreateJob and the job id's write",
  "during the transcode",
  "between COMPLETE and Record outputs",
];

describe("kill -9", () => {
  it.each(moments)("%s: after a restart the film ends READY, with one job", async (moment) => {
    const dataDir = mkdtempSync(join(tmpdir(), "rushes-kill-"));
    const first = await born(dataDir, moment);
    const source = await clip({ size: "640x360", seconds: moment.includes("transcode") ? 20 : 3 });
    const before = connect(placeOf(dataDir));
    await before.drop(source, "mortal.mp4");
    await until("the laptop to die", () => first.signalCode === "SIGKILL", 60_000);
    before.close();

    const second = await born(dataDir, "none");
    try {
      const place = placeOf(dataDir);
      const operator = connect(place);
      const film = await ended(
        { operator },
        async () => (await operator.newest())?.videoId,
        180_000,
      );
      expect(film).toMatchObject({ status: "READY", attempt: 1 });
      const { Jobs } = await new MediaConvertClient({ ...place, endpoint: place.aws }).send(
        new ListJobsCommand({}),
      );
      expect(Jobs?.map((job) => job.Status)).toEqual(["COMPLETE"]);
      operator.close();
    } finally {
      first.kill("SIGKILL");
      second.kill("SIGKILL");
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
