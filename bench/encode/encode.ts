import { copyFile, mkdir } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { capabilities } from "../../packages/local/src/ffmpeg/capabilities.ts";
import { findTools } from "../../packages/local/src/ffmpeg/find.ts";
import { inFolder } from "../folder.ts";
import { defaultJob } from "./default-job.ts";
import { film } from "./film.ts";
import { compared, shortOf } from "./report.ts";
import { onePerOutput, wholeJob, x264Alone } from "./ways.ts";

/** CPU seconds of the default job, beside the least it could be and the most. */
export async function encode([file]: string[]): Promise<void> {
  const tools = findTools();
  const { version, filters } = await capabilities(tools.ffmpeg);
  console.log(`${version}\n  ${tools.ffmpeg} (${tools.from.ffmpeg}), ${cpus().length} cores`);
  await inFolder(async (folder) => {
    const [jail, outs] = [join(folder, "in"), join(folder, "out")];
    await mkdir(jail);
    const source = join(jail, "source");
    if (file) await copyFile(file, source);
    else await film(tools.ffmpeg, jail, "source");

    const canToneMap = filters.has("zscale") && filters.has("tonemap");
    const order = { tools, jail, outs, canToneMap, ...(await defaultJob(tools, jail)) };
    const measured = {
      ...(await wholeJob(order)),
      alone: await x264Alone(order),
      own: await onePerOutput(order),
    };
    console.log(compared(measured, order.media));
    const short = shortOf(measured, order.media.durationMs / 1000);
    if (short.length > 0) throw new Error(`not measured whole: ${short.join(", ")}`);
  });
}
