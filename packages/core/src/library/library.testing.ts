import type { Actor } from "../actor/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";

export const MIB = 1024 ** 2;

export const ann: Actor.Actor = { sub: "ann", groups: ["editor"] };
export const bob: Actor.Actor = { sub: "bob", groups: ["editor"] };
export const eve: Actor.Actor = { sub: "eve", groups: ["viewer"] };
export const root: Actor.Actor = { sub: "root", groups: ["admin"] };

/** A small cloud whose stage takes large files, and pulls from one host. */
export async function openLibrary(): Promise<SmallCloud> {
  const cloud = await openSmallCloud();
  process.env.SST_RESOURCE_Intake = JSON.stringify({
    uploadsPrefix: "uploads/",
    inboxPrefix: "inbox/",
    maxBytes: 200 * 1024 * MIB,
    pull: { schemes: ["https"], hosts: ["*.example.org"], maxBytes: MIB },
  });
  return cloud;
}

export const file = { filename: "Holiday.mp4", sizeBytes: 1000, type: "video/mp4" };
export const large = { ...file, sizeBytes: 100 * MIB };

export const code = (name: string, about?: object) => ({
  code: name,
  ...(about ? { about } : {}),
});
