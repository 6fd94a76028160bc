import type * as Actor from "../actor/index.ts";
import * as Table from "../aws/table.ts";
import type * as Id from "../id/index.ts";
import { links, openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Library from "./library.ts";

export const MIB = 1024 ** 2;

export const ann: Actor.Actor = { sub: "ann", groups: ["editor"] };
export const bob: Actor.Actor = { sub: "bob", groups: ["editor"] };
export const eve: Actor.Actor = { sub: "eve", groups: ["viewer"] };
export const root: Actor.Actor = { sub: "root", groups: ["admin"] };

/** A small cloud whose stage takes large files, and pulls from one host. */
export async function openLibrary(): Promise<SmallCloud> {
  const cloud = await openSmallCloud();
  linkLibrary();
  return cloud;
}

/** What such a stage hands to its functions. */
export function linkLibrary(): void {
  process.env.SST_RESOURCE_Intake = JSON.stringify({
    ...links.Intake,
    maxBytes: 200 * 1024 * MIB,
    pull: { schemes: ["https"], hosts: ["*.example.org"], maxBytes: MIB },
  });
}

export const file = { filename: "Holiday.mp4", sizeBytes: 1000, type: "video/mp4" };
export const large = { ...file, sizeBytes: 100 * MIB };

export const code = (name: string, about?: object) => ({
  code: name,
  ...(about ? { about } : {}),
});

/** A film of ann's, with more in its row. */
export async function film(row: object = {}): Promise<Id.VideoId> {
  const { video } = await Library.open(ann, file);
  await Table.put({
    ...(await Table.read(Video.keyOf(video.id))),
    ...Video.keyOf(video.id),
    ...row,
  });
  return video.id;
}
