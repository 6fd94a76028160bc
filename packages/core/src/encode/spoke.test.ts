import { describe, expect, it } from "vitest";
import { details, envelope } from "./spoke.fixtures.ts";
import { Spoke } from "./spoke.ts";

describe("what MediaConvert says", () => {
  it.each(Object.entries(details))("is understood: %s", (status, detail) => {
    const read = Spoke.parse({ ...envelope, detail });
    expect(read.detail).toMatchObject({
      status,
      jobId: "1767348123456-q7m2xa",
      userMetadata: { videoId: "vid_01BX5ZZKBKACTAV9WEVGEMMVRZ", attempt: 1 },
    });
  });

  it("may leave progress out, as it does for jobs that make only sound", () => {
    const { jobProgress: _, ...detail } = details.STATUS_UPDATE;
    expect(Spoke.safeParse({ ...envelope, detail }).success).toBe(true);
  });

  it.each([
    { what: "a job of somebody else's", detail: { ...details.COMPLETE, userMetadata: {} } },
    {
      what: "an attempt that is no number",
      detail: {
        ...details.COMPLETE,
        userMetadata: { ...details.COMPLETE.userMetadata, attempt: "1; DROP" },
      },
    },
    {
      what: "a film that is none",
      detail: {
        ...details.COMPLETE,
        userMetadata: { ...details.COMPLETE.userMetadata, videoId: "x" },
      },
    },
    { what: "an error without its number", detail: { ...details.ERROR, errorCode: "1010" } },
  ])("is not read when it is about $what", ({ detail }) => {
    expect(Spoke.safeParse({ ...envelope, detail }).success).toBe(false);
  });
});
