import { copyFile, mkdir } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { capabilities } from "../../packages/local/src/ffmpeg/capabilities.ts";
import { findTools } from "../../packages/local/src/ffmpeg/find.ts";
import { inFolder } from "../folder.ts";
import { defaultJob } from "./default-job.ts";
import { makeFilm } from "./film.ts";
import { compared, leastOf, type Measured, shortOf } from "./report.ts";
import { onePerOutput, wholeJob, x264Alone } from "./ways.ts";

/**
 * CPU seconds of the default job, beside the least it could be and the most.
 *
 * @param words a film instead of ours, `-` for ours; and how often all is measured, 1 when unsaid
 */
export async function encode([film = "-", rounds = "1"]: string[]): Promise<void> {
  const tools = findTools();
  const { version, filters } = await capabilities(tools.ffmpeg);
  console.log(`${version}\n  ${tools.ffmpeg} (${tools.from.ffmpeg}), ${cpus().length} cores`);
  await inFolder(async (folder) => {
    const [jail, outs] = [join(folder, "in"), join(folder, "out")];
    await mkdir(jail);
    const source = join(jail, "source");
    if (film === "-") await makeFilm(tools.ffmpeg, jail, "source");
    else await copyFile(film, source);

    const canToneMap = filters.has("zscale") && filters.has("tonemap");
    const made = { tools, jail, canToneMap, ...(await defaultJob(tools, jail)) };
    const all: Measured[] = [];
    while (all.length < Math.max(1, Number(rounds) || 1)) {
      const order = { ...made, outs: join(outs, String(all.length)) };
      all.push({
        ...(await wholeJob(order)),
        alone: await x264Alone(order),
        own: await onePerOutput(order),
      });
    }
    const measured = leastOf(all);
    console.log(compared(measured, made.media));
    const short = shortOf(measured, made.media.durationMs / 1000);
    if (short.length > 0) throw new Error(`not measured whole: ${short.join(", ")}`);
  });
}
