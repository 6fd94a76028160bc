import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TokenStore, UploadRecords } from "@rushes/client";
import { fileStore, recordFolder } from "@rushes/client/node";
import type { Place } from "./place.ts";

/** The session for a place: beside a laptop's data, else at home. Its owner alone can read it. */
export function sessionStore(place: Place): TokenStore {
  const digest = createHash("sha256").update(place.api).digest("hex").slice(0, 12);
  return fileStore(join(folderFor(place), `session-${digest}.json`));
}

/** Uploads that were cut off, so that the same file goes on by itself. */
export function uploadRecords(place: Place): UploadRecords {
  return recordFolder(join(folderFor(place), "uploads"));
}

function folderFor({ laptop }: Place): string {
  if (laptop) return laptop.dataDir;
  return join(process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "rushes");
}
