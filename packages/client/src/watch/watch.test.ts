import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, type Seen } from "../index.ts";
import { type Fake, openFake } from "../testing.ts";

let fake: Fake;
beforeEach(async () => {
  fake = await openFake();
});
afterEach(() => fake.close());

const way = { percent: 0, settled: false, attempt: 1 };
const story = [
  { ...way, status: "VALIDATING", phase: "looking" },
  { ...way, status: "VALIDATING", phase: "looking" },
  { ...way, status: "TRANSCODING", phase: "encoding", percent: 30 },
  { ...way, status: "TRANSCODING", phase: "encoding", percent: 30 },
  { ...way, status: "TRANSCODING", phase: "encoding", percent: 31 },
  { ...way, status: "READY", phase: "ready", percent: 100, settled: true },
];

/** Each look sees the next of a story. */
function tell(states: typeof story): void {
  let at = 0;
  fake.state.meddle = () => {
    fake.state.video = states[Math.min(at, states.length - 1)] ?? fake.state.video;
    at += 1;
    return undefined;
  };
}

async function all(watching: AsyncGenerator<Seen>): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const one of watching) seen.push(one);
  return seen;
}

const rushes = () => connect({ api: fake.origin });

describe("watching a film", () => {
  it("tells what changes and ends with it", async () => {
    tell(story);
    const seen: string[] = [];
    for await (const { phase, percent } of rushes().watch("vid_1", { everyMs: 5 })) {
      seen.push(`${phase} ${percent}`);
    }
    expect(seen).toEqual(["looking 0", "encoding 30", "encoding 31", "ready 100"]);
  });

  it("asks only for what is new", async () => {
    tell(story);
    for await (const _ of rushes().watch("vid_1", { everyMs: 5 }));
    expect(fake.heard.map(({ headers }) => headers["if-none-match"] !== undefined)).toEqual(
      story.map((_, look) => look > 0),
    );
  });

  it.each(["READY", "FAILED", "CANCELED"])("ends at once when it is %s", async (status) => {
    tell([{ ...way, status, phase: status.toLowerCase(), settled: true }]);
    const seen = await all(rushes().watch("vid_1", { everyMs: 5 }));
    expect(seen.map((one) => one.status)).toEqual([status]);
  });

  it("goes on past the end of an earlier attempt", async () => {
    const failed = { ...way, status: "FAILED", phase: "failed", settled: true };
    tell([failed, failed, ...story.map((one) => ({ ...one, attempt: 2 }))]);
    const seen = await all(rushes().watch("vid_1", { everyMs: 5, attempt: 2 }));
    expect(seen.at(0)?.status).toBe("FAILED");
    expect(seen.at(-1)?.status).toBe("READY");
  });

  it("goes on while another source is on its way", async () => {
    const playing = { ...way, status: "READY", phase: "ready", percent: 100 };
    const waiting = { ...way, status: "FAILED", phase: "waiting-for-upload" };
    for (const before of [playing, waiting]) {
      tell([before, before, ...story]);
      const seen = await all(rushes().watch("vid_1", { everyMs: 5 }));
      expect(seen.at(0)?.phase).toBe(before.phase);
      expect(seen.length).toBeGreaterThan(3);
      expect(seen.at(-1)?.video.settled).toBe(true);
    }
  });

  it("goes on when the API is away for a moment", async () => {
    tell(story);
    const tells = fake.state.meddle;
    let looks = 0;
    fake.state.meddle = (asked) => {
      looks += 1;
      return looks === 2 ? { status: 0, drop: true } : tells(asked);
    };
    const seen = await all(rushes().watch("vid_1", { everyMs: 5 }));
    expect(seen.at(-1)?.status).toBe("READY");
  });

  it("says so when the film is gone", async () => {
    fake.state.meddle = () => ({
      status: 404,
      body: JSON.stringify({ code: "VideoNotFound", status: 404 }),
    });
    await expect(rushes().watch("vid_1").next()).rejects.toMatchObject({ code: "VideoNotFound" });
  });

  it("ends when the caller goes", async () => {
    const gone = new AbortController();
    const watching = rushes().watch("vid_1", { signal: gone.signal });
    await watching.next();
    const next = watching.next();
    gone.abort(new Error("gone"));
    await expect(next).rejects.toThrow("gone");
  });
});
