import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Attempt from "../attempt/index.ts";
import * as Table from "../aws/table.ts";
import * as Claim from "../claim/index.ts";
import * as Clock from "../clock/index.ts";
import * as Encode from "../encode/index.ts";
import * as Id from "../id/index.ts";
import * as Intake from "../intake/index.ts";
import * as Ladder from "../ladder/index.ts";
import * as Shares from "../library/shares.ts";
import { found } from "../source/found.fixture.ts";
import { openSmallCloud, type SmallCloud } from "../testing/small-cloud.ts";
import * as Video from "../video/index.ts";
import * as Timeline from "../video/timeline.ts";
import * as Removal from "./index.ts";

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await openSmallCloud();
});
afterAll(() => cloud.close());
beforeEach(() => {
  cloud.jobs.all.length = 0;
  cloud.queues.sent.length = 0;
});

const ann = { sub: "ann", groups: ["editor"] };

/** A film with something of everything. */
async function film(status: Video.Status, more: Table.Row = {}) {
  const id = Id.newVideo();
  const uploadId = Id.newUpload();
  const key = Intake.uploadKey(id, uploadId);
  const source = { bucket: "sources", key, versionId: "v2" };
  const execution = `arn:execution:${id}`;
  cloud.machine.executions.set(execution, { status: "RUNNING" });
  await Table.put({
    ...Video.keyOf(id),
    videoId: id,
    kind: "VIDEO",
    ownerId: "ann",
    title: "T",
    titleKey: "t",
    createdAtMs: 1,
    updatedAtMs: 1,
    attempt: 1,
    status,
    source,
    claimedBy: execution,
    sequencer: Intake.padded("1"),
    sharedWith: ["bob"],
    idem: "IDEM#1",
    inFlight: Video.shardOf(id),
    ...more,
  });
  await Table.put({ ...Attempt.keyOf(id, 1), source, execution });
  await Table.put({ ...Shares.keyOf("bob", id), videoId: id });
  await Table.put({ PK: "OWNER#ann", SK: "IDEM#1", videoId: id });
  await Table.put({ PK: `VIDEO#${id}`, SK: `UPLOAD#${uploadId}`, state: "completed" });
  await Table.put({ PK: `VIDEO#${id}`, SK: "RETIRED#1" });
  await Timeline.note(id, { time: "2030-01-01T00:00:00Z", eventId: "e", attempt: 1, what: "X" });
  cloud.shelf.put("sources", key, "now", { versionId: "v2" });
  const path = `/sources/${key}`;
  cloud.removing.behind.push(
    { path, versionId: "v1" },
    { path, versionId: "m1", isMark: true },
    { path: `/sources/uploads/${id}/another/source`, versionId: "v9" },
  );
  for (const name of ["1/stream/main.m3u8", "1/pictures/p.jpg"]) {
    cloud.shelf.put("streams", `videos/${id}/${name}`, "x");
  }
  cloud.multipart.open.set(`open-${id}`, {
    id: `open-${id}`,
    path: `/sources/uploads/${id}/third/source`,
    type: undefined,
    algorithm: undefined,
    parts: new Map(),
  });
  return { id, key, uploadId, execution };
}

/** Everything anywhere that tells of a film. */
async function left(id: Id.VideoId): Promise<string[]> {
  const rows: string[] = [];
  for await (const row of Table.every({ where: "PK = :p", values: { ":p": `VIDEO#${id}` } })) {
    rows.push(String(row.SK));
  }
  for (const key of [Shares.keyOf("bob", id), { PK: "OWNER#ann", SK: "IDEM#1" }]) {
    if ((await Table.read(key))?.videoId === id) rows.push(key.SK);
  }
  const paths = [...cloud.shelf.objects.keys(), ...cloud.removing.behind.map(({ path }) => path)];
  const uploads = [...cloud.multipart.open.values()].map(({ path }) => path);
  return [...rows, ...[...paths, ...uploads].filter((path) => path.includes(id))];
}

const inOrder = { limit: 40 };

/** Carries on until nothing is left, as the queue does. */
async function toTheEnd(id: Id.VideoId): Promise<void> {
  for (let turn = 0; turn < inOrder.limit; turn += 1) {
    if ((await Removal.carryOn(id).catch(() => "failed")) === "gone") return;
  }
  throw new Error("It never ends.");
}

describe("a film that is deleted", () => {
  it("is nobody's at once, and leaves every index", async () => {
    const { id } = await film("READY");
    expect(await Removal.begin(ann, id)).toEqual({ id });
    const row = (await Table.read(Video.keyOf(id))) ?? {};
    for (const name of ["ownerId", "kind", "titleKey", "title"])
      expect(row).not.toHaveProperty(name);
    expect(row.inFlight).toMatch(/^REMOVING#\d$/);
    await expect(Timeline.read(ann, id)).rejects.toThrow(
      expect.objectContaining({ code: "VideoNotFound" }),
    );
    expect(cloud.queues.sent).toEqual([{ queue: "Removals", body: { videoId: id } }]);
  });

  it.each([
    { who: "its owner", actor: ann, code: undefined },
    { who: "an operator", actor: { sub: "root", groups: ["admin"] }, code: undefined },
    { who: "its owner as a viewer", actor: { sub: "ann", groups: ["viewer"] }, code: "Forbidden" },
    { who: "whom it is shared with", actor: { sub: "bob", groups: ["editor"] }, code: "Forbidden" },
    { who: "a stranger", actor: { sub: "eve", groups: ["editor"] }, code: "VideoNotFound" },
  ])("is so by $who: $code", async ({ actor, code }) => {
    const { id } = await film("READY");
    const ask = Removal.begin(actor, id);
    if (code) await expect(ask).rejects.toThrow(expect.objectContaining({ code }));
    else await expect(ask).resolves.toEqual({ id });
  });

  it("is being deleted to whoever asked, and to nobody else; gone it is gone", async () => {
    const { id } = await film("READY");
    await Removal.begin(ann, id);
    expect(await Removal.begin(ann, id)).toEqual({ id });
    const gone = expect.objectContaining({ code: "VideoNotFound" });
    await expect(Removal.begin({ sub: "bob", groups: ["editor"] }, id)).rejects.toThrow(gone);
    await toTheEnd(id);
    await expect(Removal.begin(ann, id)).rejects.toThrow(gone);
  });

  it.each(Video.statuses)("while %s leaves nothing behind", async (status) => {
    const { id, execution } = await film(status, { problem: { code: "Canceled", message: "" } });
    await Removal.begin(ann, id);
    await toTheEnd(id);
    expect(await left(id)).toEqual([]);
    expect(cloud.machine.executions.get(execution)?.status).toBe("ABORTED");
    expect([...cloud.removing.forgotten.values()]).toContain(`/videos/${id}/*`);
    expect(await Removal.carryOn(id)).toBe("gone");
  });

  it("waits for its job to be over before its files go", async () => {
    const { id, key } = await film("TRANSCODING");
    await Table.change(Attempt.keyOf(id, 1), {
      update: "SET createTriedAtMs = :one, jobId = :job",
      condition: "attribute_exists(PK)",
      values: { ":one": 1, ":job": `job-${id}` },
    });
    const job = {
      id: `job-${id}`,
      status: "PROGRESSING",
      userMetadata: { app: "rushes", stage: "test", videoId: id, attempt: "1" },
      fileInput: `s3://sources/${key}`,
      clientRequestToken: "",
      createdAtMs: 0,
    };
    cloud.jobs.all.push(job);
    await Removal.begin(ann, id);
    expect(await Removal.answer({ videoId: id, turn: 0 })).toBe("going");
    expect(job.status).toBe("CANCELED");
    expect(await left(id)).toContain(`/streams/videos/${id}/1/stream/main.m3u8`);
    expect(cloud.queues.sent.at(-1)).toEqual({
      queue: "Removals",
      body: { videoId: id, turn: 1 },
    });
    await toTheEnd(id);
    expect(await left(id)).toEqual([]);
  });

  it("is deleted whole when it is killed before or after any call", async () => {
    const calls = ["list uploads", "list versions", "remove many", "forget"];
    for (const call of calls) {
      for (const moment of ["before", "after"] as const) {
        const { id } = await film("FAILED", { problem: { code: "Canceled", message: "" } });
        await Removal.begin(ann, id);
        let broken = 0;
        cloud.removing.fault = (what, when) => {
          if (what !== call || when !== moment || broken > 0) return;
          broken += 1;
          throw new TypeError("killed");
        };
        await toTheEnd(id);
        cloud.removing.fault = undefined;
        expect(broken).toBe(1);
        expect(await left(id), `${call} ${moment}`).toEqual([]);
      }
    }
  });

  it("goes page by page", async () => {
    const { id, key } = await film("READY");
    for (let version = 0; version < 25; version += 1) {
      cloud.removing.behind.push({ path: `/sources/${key}`, versionId: `old-${version}` });
    }
    cloud.removing.page = 4;
    await Removal.begin(ann, id);
    await toTheEnd(id);
    cloud.removing.page = 1000;
    expect(await left(id)).toEqual([]);
  });

  it("takes its name in the inbox along, in every version, and no other's", async () => {
    const key = "inbox/film.mp4";
    const id = Id.ofInbox("sources", key);
    const source = { bucket: "sources", key, versionId: "v1" };
    await Table.put({ ...Video.keyOf(id), videoId: id, attempt: 1, status: "READY", source });
    await Table.put({ ...Attempt.keyOf(id, 1), source });
    cloud.shelf.put("sources", key, "x", { versionId: "v2" });
    cloud.shelf.put("sources", `${key}.old`, "x", { versionId: "v1" });
    cloud.removing.behind.push({ path: `/sources/${key}`, versionId: "v1" });
    await Removal.begin({ sub: "root", groups: ["admin"] }, id);
    await toTheEnd(id);
    expect(cloud.shelf.objects.has(`/sources/${key}`)).toBe(false);
    expect(cloud.removing.behind.some(({ path }) => path === `/sources/${key}`)).toBe(false);
    expect(cloud.shelf.objects.has(`/sources/${key}.old`)).toBe(true);
  });
});

describe("whoever comes late", () => {
  const late: Record<string, (film: Awaited<ReturnType<typeof gone>>) => Promise<unknown>> = {
    "a note on the timeline": ({ id }) =>
      Timeline.note(id, { time: "2030-01-01T00:00:00Z", eventId: "l", attempt: 1, what: "X" }),
    "an attempt that begins": ({ id, execution, key }) =>
      Attempt.begin(id, 1, {
        execution,
        source: { bucket: "sources", key },
        found: found(),
        plan: Ladder.plan(found()),
      }),
    "an upload": ({ id, key, uploadId }) =>
      Claim.arrived(
        {
          videoId: id,
          way: "upload",
          uploadId,
          source: { bucket: "sources", key },
          sequencer: Intake.padded("9"),
          event: { id: "e", time: "2030-01-01T00:00:00Z" },
        },
        "arn:late",
      ),
    "somebody who tries again": ({ id }) => Claim.again(id, 1, "arn:late"),
    progress: ({ id }) => Video.progress(id, 1, { phase: "X", percent: 5 }),
    "the encoder": ({ id }) =>
      Encode.hear(
        Encode.Spoke.parse({
          id: "late",
          source: "aws.mediaconvert",
          "detail-type": "MediaConvert Job State Change",
          account: "000000000000",
          time: "2030-01-01T00:00:00Z",
          detail: {
            timestamp: 1,
            jobId: "j",
            status: "COMPLETE",
            userMetadata: { app: "rushes", stage: "test", videoId: id, attempt: "1" },
          },
        }),
      ),
    "a message on the encodes queue": ({ id }) =>
      Encode.submit({ videoId: id, attempt: 1, delivery: 0, taskToken: "t" }),
    "an end that is announced": ({ id, execution }) => Video.land(id, 1, execution),
  };

  async function gone() {
    const made = await film("TRANSCODING");
    await Removal.begin(ann, made.id);
    return made;
  }

  it.each(Object.keys(late))(
    "%s finds a film that is on its way out, and then none",
    async (who) => {
      const made = await gone();
      const before = await left(made.id);
      const row = await Table.read(Video.keyOf(made.id));
      await Clock.at(Date.now(), async () => late[who]?.(made)).catch(() => undefined);
      expect(await left(made.id)).toEqual(before);
      expect(await Table.read(Video.keyOf(made.id))).toEqual(row);
      await toTheEnd(made.id);
      await Clock.at(Date.now(), async () => late[who]?.(made)).catch(() => undefined);
      expect(await left(made.id)).toEqual([]);
    },
  );
});
