import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Table from "../aws/table.ts";
import * as Clock from "../clock/index.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Claim from "./claim.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());

let names = 0;

/** An object dropped in the inbox under a name of its own. */
function dropped(sequencer: string, versionId: string, name = `film-${++names}`): Intake.Arrival {
  return Intake.arrival({
    kind: "arrived",
    event: { id: "e", time: "2030-01-01T00:00:00Z", account: "000000000000" },
    detail: {
      bucket: { name: "sources" },
      object: { key: `inbox/${name}.mp4`, "version-id": versionId, sequencer },
    },
  });
}

const again = (arrival: Intake.Arrival, sequencer: string, versionId: string): Intake.Arrival => ({
  ...arrival,
  sequencer: Intake.padded(sequencer),
  source: { ...arrival.source, versionId },
});

/** An upload whose object is there. */
function uploaded(videoId: Id.VideoId, uploadId: Id.UploadId, sequencer = "0a"): Intake.Arrival {
  return Intake.arrival({
    kind: "arrived",
    event: { id: "e", time: "2030-01-01T00:00:00Z", account: "000000000000" },
    detail: {
      bucket: { name: "sources" },
      object: { key: Intake.uploadKey(videoId, uploadId), "version-id": uploadId, sequencer },
    },
  });
}

/** A film that waits for an upload. */
async function awaited() {
  const id = Id.newVideo();
  const uploadId = Id.newUpload();
  const sourceKey = Intake.uploadKey(id, uploadId);
  const about = { ownerId: "ann", title: "Ours", sourceBucket: "sources" };
  await Table.create(Video.expected({ id, sourceKey, ...about }));
  return { id, uploadId };
}

const code = (name: string) => expect.objectContaining({ code: name });

describe("a claim", () => {
  it("makes the film of an inbox object, for the operators", async () => {
    const arrival = dropped("0a", "v1", "Holiday");
    const claim = await Clock.at(5000, () => Claim.arrived(arrival, "one"));
    expect(claim).toMatchObject({ videoId: arrival.videoId, attempt: 1 });
    expect(await Video.find(arrival.videoId)).toMatchObject({
      status: "VALIDATING",
      ownerId: "operators",
      title: "Holiday",
      claimedBy: "one",
      createdAtMs: 5000,
      attempt: 1,
    });
  });

  it("is taken once: the second execution is a duplicate, the same one gets the same answer", async () => {
    const arrival = dropped("0a", "v1");
    const claims = await Promise.allSettled(
      ["one", "two", "three"].map((execution) => Claim.arrived(arrival, execution)),
    );
    const taken = claims.filter(({ status }) => status === "fulfilled");
    expect(taken).toHaveLength(1);
    const { claimedBy } = (await Table.read(Video.keyOf(arrival.videoId))) ?? {};
    expect(await Claim.arrived(arrival, String(claimedBy))).toMatchObject({ attempt: 1 });
    await expect(Claim.arrived(arrival, "four")).rejects.toEqual(code("Duplicate"));
  });

  it("goes to a newer object as the next attempt; an older one that is late is overtaken", async () => {
    const first = dropped("FF", "v1");
    await Claim.arrived(first, "one");
    const newer = again(first, "100", "v2"); // longer: only padded does it compare as later
    expect(await Claim.arrived(newer, "two")).toMatchObject({ attempt: 2 });
    await expect(Claim.arrived(again(first, "FE", "v0"), "three")).rejects.toEqual(
      code("Superseded"),
    );
    expect(await Video.find(first.videoId)).toMatchObject({ attempt: 2, claimedBy: "two" });
  });

  it("knows the same version under another order mark", async () => {
    const arrival = dropped("0", "v1");
    await Claim.arrived(arrival, "found by the sweeper");
    await expect(Claim.arrived(again(arrival, "0B", "v1"), "late event")).rejects.toEqual(
      code("Duplicate"),
    );
  });

  it("ignores an upload that nobody asked for", async () => {
    const arrival = uploaded(Id.newVideo(), Id.newUpload());
    await expect(Claim.arrived(arrival, "one")).rejects.toEqual(code("NotExpected"));
    expect(await Video.find(arrival.videoId)).toBeUndefined();
  });

  it("takes an upload that is awaited, and keeps its owner and title", async () => {
    const { id, uploadId } = await awaited();
    expect(await Claim.arrived(uploaded(id, uploadId), "one")).toMatchObject({ attempt: 1 });
    expect(await Video.find(id)).toMatchObject({ ownerId: "ann", title: "Ours" });
  });

  it("forgets the problem and the progress of the attempt before", async () => {
    const first = dropped("0a", "v1");
    await Claim.arrived(first, "one");
    await Table.change(Video.keyOf(first.videoId), {
      update: "SET #s = :failed, problem = :p, progress = :p",
      condition: "attribute_exists(PK)",
      names: { "#s": "status" },
      values: { ":failed": "FAILED", ":p": { code: "SourceEmpty", percent: 5 } },
    });
    await Claim.again(first.videoId, 1, "two");
    const row = (await Table.read(Video.keyOf(first.videoId))) ?? {};
    expect(row).not.toHaveProperty("problem");
    expect(row).not.toHaveProperty("progress");
    expect(row.inFlight).toBe(Video.shardOf(first.videoId));
  });
});

describe("an attempt asked for again", () => {
  async function settled(status: string) {
    const arrival = dropped("0a", "v1");
    await Claim.arrived(arrival, "one");
    await Table.change(Video.keyOf(arrival.videoId), {
      update: "SET #s = :status",
      condition: "attribute_exists(PK)",
      names: { "#s": "status" },
      values: { ":status": status },
    });
    return arrival.videoId;
  }

  it.each(["READY", "FAILED", "CANCELED"])(
    "begins from %s, from the source it had",
    async (status) => {
      const id = await settled(status);
      expect(await Claim.again(id, 1, "two")).toMatchObject({
        attempt: 2,
        source: { bucket: "sources", versionId: "v1" },
      });
      expect(await Claim.again(id, 1, "two")).toMatchObject({ attempt: 2 });
      await expect(Claim.again(id, 1, "three")).rejects.toEqual(code("Duplicate"));
    },
  );

  it("waits for no film that is still being made", async () => {
    const id = await settled("TRANSCODING");
    await expect(Claim.again(id, 1, "two")).rejects.toEqual(code("Duplicate"));
  });

  it("needs a film, and one with a source", async () => {
    await expect(Claim.again(Id.newVideo(), 0, "two")).rejects.toEqual(code("VideoNotFound"));
    const id = Id.newVideo();
    await Table.put({ ...Video.keyOf(id), videoId: id, status: "FAILED", attempt: 0 });
    await expect(Claim.again(id, 0, "two")).rejects.toEqual(code("MoveForbidden"));
  });
});
