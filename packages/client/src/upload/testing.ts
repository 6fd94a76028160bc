import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../index.ts";
import { recordFolder } from "../node/index.ts";
import { openFake } from "../testing.ts";

export const PART = 64 * 1024;
/** A file of eleven parts, the last of them small. */
export const BYTES = 10 * PART + 1234;
export const ALL = Array.from({ length: 11 }, (_, index) => String(index + 1));

export const film = (bytes: number) =>
  Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => at * 7));

export const isPut = ({ path }: { path: string }): boolean => path.startsWith("/store/");

/** A fake API with a store, a film on disk, and a folder for records. */
export async function openRig() {
  const fake = await openFake({ partBytes: PART });
  const folder = mkdtempSync(join(tmpdir(), "rushes-client-"));
  const path = join(folder, "film.mp4");
  writeFileSync(path, film(BYTES));
  return {
    fake,
    folder,
    path,
    records: recordFolder(join(folder, "records")),
    rushes: () => connect({ api: fake.origin }),
    /** numbers of the parts that were sent, in their order */
    sorted: () => fake.sent().toSorted((a, b) => Number(a) - Number(b)),
    /** Waits until nothing is on its way to the store. */
    async quiet(): Promise<void> {
      while (fake.state.under.now > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async close(): Promise<void> {
      await fake.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Rig = Awaited<ReturnType<typeof openRig>>;
