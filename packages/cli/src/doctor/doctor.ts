import type { Place } from "../session/place.ts";
import * as checks from "./checks.ts";

/** One thing that has to be right. `fix` is there when it is not. */
export interface Finding {
  what: string;
  ok: boolean;
  found: string;
  fix?: string;
}

/** Looks at everything a film on this machine needs, and at the API that commands would speak to. */
export async function examine(about: {
  dataDir: string;
  port: number;
  place: () => Promise<Place>;
}): Promise<Finding[]> {
  const laptop = await checks.running(about.dataDir);
  return Promise.all([
    checks.node(process.versions.node),
    checks.tool("ffmpeg"),
    checks.tool("ffprobe"),
    checks.disk(about.dataDir),
    checks.folder(about.dataDir),
    checks.ports(about.port, laptop),
    checks.api(about.place),
  ]);
}
