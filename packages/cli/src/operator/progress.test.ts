import { expect, it, vi } from "vitest";
import { followProgress } from "./progress.ts";

it("tells each percentage once, and none before the film is known", async () => {
  const answers = [undefined, { progress: { percent: 10 } }, { progress: { percent: 10 } }];
  answers.push({ progress: { percent: 5 } }, { progress: { percent: 60 } });
  let asked = 0;
  const film = async () => answers[Math.min(asked++, answers.length - 1)];
  let id: string | undefined;
  const told: number[] = [];
  const following = followProgress(
    { film },
    () => id,
    (percent) => told.push(percent),
    1,
  );
  id = "vid_A";
  await vi.waitFor(() => expect(told).toContain(60));
  following.stop();
  expect(told).toEqual([10, 60]);
});
