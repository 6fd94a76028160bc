import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import * as Library from "../library/index.ts";
import { ann, code, file, openLibrary } from "../library/library.testing.ts";
import type { SmallCloud } from "../testing/small-cloud.ts";
import * as Upload from "../upload/index.ts";
import * as Video from "../video/index.ts";
import * as Claim from "./claim.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openLibrary();
});
afterAll(() => cloud.close());

/** What S3 says once an upload's object is there. */
function arrival(videoId: Id.VideoId, uploadId: Id.UploadId, sequencer = "0a"): Intake.Arrival {
  return Intake.arrival({
    kind: "arrived",
    event: { id: "e", time: "2030-01-01T00:00:00Z", account: "000000000000" },
    detail: {
      bucket: { name: "sources" },
      object: { key: Intake.uploadKey(videoId, uploadId), "version-id": uploadId, sequencer },
    },
  });
}

async function opened() {
  const { video, upload } = await Library.open(ann, file);
  return { id: video.id, uploadId: upload?.id as Id.UploadId };
}

async function replaced(id: Id.VideoId): Promise<Id.UploadId> {
  const { upload } = await Library.replace(ann, id, file);
  return upload?.id as Id.UploadId;
}

const FAILED = { status: "FAILED", problem: { code: "SourceEmpty", message: "no bytes" } };

async function set(id: Id.VideoId, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row);
  await Table.change(Video.keyOf(id), {
    update: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
    condition: "attribute_exists(PK)",
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: Object.fromEntries(names.map((name) => [`:${name}`, row[name]])),
  });
}

describe("an upload's object", () => {
  it("is taken once, and its film then expects nothing", async () => {
    const { id, uploadId } = await opened();
    const claims = await Promise.allSettled(
      ["one", "two", "three"].map((name) => Claim.arrived(arrival(id, uploadId), name)),
    );
    const taken = claims.filter(({ status }) => status === "fulfilled");
    expect(taken).toEqual([
      expect.objectContaining({ value: expect.objectContaining({ attempt: 1 }) }),
    ]);
    const film = await Video.require(id);
    expect(film).not.toHaveProperty("expects");
    const by = "claimedBy" in film ? String(film.claimedBy) : "";
    expect(await Claim.arrived(arrival(id, uploadId), by)).toMatchObject({ attempt: 1 });
    await expect(Claim.arrived(arrival(id, uploadId), "four")).rejects.toMatchObject(
      code("Duplicate"),
    );
  });

  it("of a replacement is taken whatever its order mark says: its key is another", async () => {
    const { id, uploadId } = await opened();
    await Claim.arrived(arrival(id, uploadId, "FFFF"), "one");
    const next = await replaced(id);
    expect(await Claim.arrived(arrival(id, next, "01"), "two")).toMatchObject({ attempt: 2 });
    await expect(Claim.arrived(arrival(id, uploadId, "FFFF"), "late")).rejects.toMatchObject({
      ...code("Superseded"),
      about: expect.not.objectContaining({ unwanted: true }), // attempt 1 was made of it
    });
  });

  it("that came after its upload was replaced is superseded, and nobody's", async () => {
    const { id, uploadId } = await opened();
    const next = await replaced(id);
    await expect(Claim.arrived(arrival(id, uploadId), "late")).rejects.toMatchObject({
      ...code("Superseded"),
      about: { unwanted: true },
    });
    expect(await Claim.arrived(arrival(id, next), "one")).toMatchObject({ attempt: 1 });
    await expect(Claim.arrived(arrival(id, uploadId), "later")).rejects.toMatchObject({
      ...code("Superseded"),
      about: { unwanted: true },
    });
  });

  it("of a film on its way out is not expected, nor does it bring the film back", async () => {
    const { id, uploadId } = await opened();
    await set(id, { deletedAtMs: 1 });
    const before = await Table.read(Video.keyOf(id));
    await expect(Claim.arrived(arrival(id, uploadId), "one")).rejects.toMatchObject({
      ...code("NotExpected"),
      about: { unwanted: true },
    });
    expect(await Table.read(Video.keyOf(id))).toEqual(before);
    await Table.remove(Video.keyOf(id));
    await expect(Claim.arrived(arrival(id, uploadId), "one")).rejects.toMatchObject(
      code("NotExpected"),
    );
    expect(await Table.read(Video.keyOf(id))).toBeUndefined();
  });

  it("for an inbox film leaves the order of its name as it was", async () => {
    const name = `film-${Id.newVideo()}.mp4`;
    const dropped = (sequencer: string, versionId: string) =>
      Intake.arrival({
        kind: "arrived",
        event: { id: "e", time: "2030-01-01T00:00:00Z", account: "000000000000" },
        detail: {
          bucket: { name: "sources" },
          object: { key: `inbox/${name}`, "version-id": versionId, sequencer },
        },
      });
    const { videoId } = await Claim.arrived(dropped("10", "v1"), "one");
    const { upload } = await Library.replace({ sub: "root", groups: ["admin"] }, videoId, file);
    const uploaded = arrival(videoId, upload?.id as Id.UploadId, "FFFF");
    expect(await Claim.arrived(uploaded, "two")).toMatchObject({ attempt: 2 });
    await expect(Claim.arrived(dropped("0F", "v0"), "late")).rejects.toMatchObject(
      code("Superseded"),
    );
    await expect(Claim.arrived(dropped("10", "v1"), "twice")).rejects.toMatchObject(
      code("Duplicate"),
    );
    expect(await Claim.arrived(dropped("11", "v2"), "three")).toMatchObject({ attempt: 3 });
  });
});

describe("an attempt asked for again", () => {
  it("leaves an open upload open: what it brings is the attempt after", async () => {
    const { id, uploadId } = await opened();
    await Claim.arrived(arrival(id, uploadId), "one");
    await set(id, FAILED);
    const next = await replaced(id);
    expect(await Claim.again(id, 1, "two")).toMatchObject({ attempt: 2 });
    expect((await Video.require(id)).expects).toBe(next);
    expect(await Claim.arrived(arrival(id, next), "three")).toMatchObject({ attempt: 3 });
  });

  it("takes a film that is held, once, and holds it no more", async () => {
    const { id, uploadId } = await opened();
    await Claim.arrived(arrival(id, uploadId), "one");
    await expect(Claim.again(id, 1, "early")).rejects.toMatchObject(code("Duplicate"));
    await set(id, { held: { sinceMs: 1 }, cost: { attempt: 1 } });
    const claims = await Promise.allSettled(
      ["two", "three"].map((name) => Claim.again(id, 1, name)),
    );
    expect(claims.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const film = await Video.require(id);
    expect(film).not.toHaveProperty("held");
    expect(film).toMatchObject({ status: "VALIDATING", attempt: 2, cost: { attempt: 1 } });
  });

  it("is not expected of a film on its way out", async () => {
    const { id, uploadId } = await opened();
    await Claim.arrived(arrival(id, uploadId), "one");
    await set(id, { status: "READY", deletedAtMs: 1 });
    await expect(Claim.again(id, 1, "two")).rejects.toMatchObject(code("NotExpected"));
  });
});

describe("a film on its way out", () => {
  it("is changed by nothing that machines write", async () => {
    const { id, uploadId } = await opened();
    await Claim.arrived(arrival(id, uploadId), "one");
    await set(id, {
      status: "TRANSCODING",
      deletedAtMs: 1,
      settledBy: "one",
      inFlight: "REMOVING#1",
    });
    const before = await Table.read(Video.keyOf(id));
    const published = { attempt: 1, atMs: 1 } as Video.Published;
    await Promise.allSettled([
      Video.progress(id, 1, { phase: "x", percent: 50 }),
      Video.publish(id, published, [], "one"),
      Video.owe(id, 1, "one"),
      Video.land(id, 1, "one"),
      Upload.expire({ ...(await Video.require(id)), expects: uploadId, expiresAtMs: 1 }),
      Video.describe(id, 1, {
        found: { container: "mp4", durationMs: 1, sizeBytes: 1 },
        words: {},
      }),
      Upload.failed(id, uploadId, { code: "PullFailed", message: "x" }),
      Claim.again(id, 1, "two"),
    ]);
    expect(await Table.read(Video.keyOf(id))).toEqual(before);
  });
});

/**
 * Whatever happens in whatever order, every attempt has an object of its own, and one that was given
 * up is never among them.
 */
it("random days of uploads never make two attempts of one object", async () => {
  const step = fc.oneof(
    fc.constant("replace" as const),
    fc.constant("abort" as const),
    fc.constant("again" as const),
    fc.constant("settle" as const),
    fc.tuple(fc.constant("arrive" as const), fc.nat(5)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
      const { id, uploadId } = await opened();
      const uploads = [uploadId];
      const takenBy = new Map<number, string>();
      const givenUp = new Set<string>();
      let execution = 0;
      for (const one of steps) {
        execution += 1;
        const film = await Video.require(id);
        try {
          if (one === "replace") {
            if (film.expects) givenUp.add(film.expects);
            uploads.push(await replaced(id));
          } else if (one === "abort") {
            const last = uploads.at(-1) as Id.UploadId;
            await Upload.abort(ann, id, last);
            givenUp.add(last);
          } else if (one === "settle") {
            if (film.attempt > 0) await set(id, FAILED);
          } else if (one === "again") {
            await Claim.again(id, film.attempt, `e${execution}`);
          } else {
            const upload = uploads[one[1] % uploads.length] as Id.UploadId;
            const { attempt } = await Claim.arrived(arrival(id, upload), `e${execution}`);
            expect([...takenBy.values()]).not.toContain(upload);
            expect(givenUp).not.toContain(upload);
            expect(upload).toBe(film.expects);
            takenBy.set(attempt, upload);
          }
        } catch (error) {
          expect([
            "Duplicate",
            "Superseded",
            "NotExpected",
            "MoveForbidden",
            "UploadOver",
          ]).toContain((error as { code?: string }).code);
        }
      }
      const { attempt, expects } = await Video.require(id);
      expect(attempt).toBeGreaterThanOrEqual(takenBy.size);
      if (expects) expect(givenUp).not.toContain(expects);
    }),
    { numRuns: 20 },
  );
}, 30_000);
