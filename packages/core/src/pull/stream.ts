import * as Pulling from "../aws/pulling.ts";
import * as Uploads from "../aws/uploads.ts";
import * as Clock from "../clock/index.ts";
import * as Config from "../config/index.ts";
import { Problem } from "../problem/index.ts";
import { ask, failed, Later, mostBytes, type Offer } from "./origin.ts";
import { keep, type Standing } from "./standing.ts";

/** How far one call came: everything is there; time is up; nobody wants it any more. */
export type Outcome = "whole" | "time is up" | "unwanted";

/**
 * Streams a film into the parts of its upload, from where an earlier call ended. Two parts are in
 * memory, however large the film.
 *
 * @throws Later or Web.Unreachable when it may go well later
 * @throws Problem when it never will
 */
export async function stream(standing: Standing, untilMs: number): Promise<Outcome> {
  const here = await arrived(standing);
  if (here.isWhole) return (await keep(standing, { whole: true })) ? "whole" : "unwanted";
  const { validator, totalBytes } = standing.kept;
  const offer = await ask(standing, { firstByte: here.bytes, validator, totalBytes });
  const ready = await makeReady(standing, offer, here.bytes);
  if (!ready) return "unwanted";
  return new Filling(standing, offer.firstByte).fill(offer, untilMs);
}

/** The parts that can be gone on from: as planned, without a gap. */
async function arrived({ place, kept }: Standing): Promise<{ bytes: number; isWhole: boolean }> {
  const { multipartId, partBytes, totalBytes, validator } = kept;
  const parts = multipartId ? await Uploads.arrived(place, multipartId) : undefined;
  if (!parts) return { bytes: 0, isWhole: kept.whole === true };
  let bytes = 0;
  for (const [at, { number, sizeBytes }] of parts.entries()) {
    if (number !== at + 1) break;
    if (bytes + sizeBytes === totalBytes) return { bytes: totalBytes, isWhole: true };
    if (sizeBytes !== partBytes) break;
    bytes += sizeBytes;
  }
  return { bytes: validator === undefined ? 0 : bytes, isWhole: kept.whole === true };
}

/** Begins the upload, anew when the origin did not go on with what is there. */
async function makeReady(standing: Standing, offer: Offer, here: number): Promise<boolean> {
  const { place, kept } = standing;
  const { firstByte, totalBytes, validator } = offer;
  if (kept.multipartId && firstByte > 0) return keep(standing, { totalBytes, receivedBytes: here });
  if (kept.multipartId) await Uploads.abort(place, kept.multipartId);
  const restarts = kept.receivedBytes > 0 ? kept.restarts + 1 : kept.restarts;
  if (restarts > MOST_RESTARTS) {
    throw failed("It breaks off again and again, and cannot go on where it did.");
  }
  const multipartId = await Uploads.begin(place, offer.type || UNKNOWN, true);
  const begun = await keep(standing, {
    multipartId,
    partBytes: Math.max(Config.intake().partBytes, Math.ceil(mostBytes() / MOST_PARTS)),
    validator,
    totalBytes,
    receivedBytes: 0,
    restarts,
  });
  if (!begun) await Uploads.abort(place, multipartId);
  return begun;
}

/** Fills one part while the one before is on its way. */
class Filling {
  readonly standing: Standing;
  received: number;
  number: number;
  filled = 0;
  /** The part that is filled, and the one that is sent or was. */
  buffers: [Buffer, Buffer];
  sending: Promise<boolean> = Promise.resolve(true);

  constructor(standing: Standing, firstByte: number) {
    const { partBytes = Config.intake().partBytes } = standing.kept;
    this.standing = standing;
    this.received = firstByte;
    this.number = firstByte / partBytes + 1;
    this.buffers = [Buffer.allocUnsafe(partBytes), Buffer.allocUnsafe(partBytes)];
  }

  async fill(offer: Offer, untilMs: number): Promise<Outcome> {
    try {
      for (let given: Offer | undefined = offer; given; given = await this.rest(given)) {
        for await (const piece of given.body) {
          this.received += piece.length;
          if (this.received > mostBytes()) throw new Problem("SourceTooLarge");
          if (!(await this.take(piece)) || !(await this.stay())) return "unwanted";
          if (Clock.now() >= untilMs) return (await this.sending) ? "time is up" : "unwanted";
        }
      }
      if (this.received === 0) throw new Problem("SourceEmpty");
      if (this.filled > 0 && !(await this.send())) return "unwanted";
      if (!(await this.sending)) return "unwanted";
    } finally {
      // what is on its way arrives or not; what went wrong before is what counts
      await this.sending.catch(() => undefined);
    }
    const { received: totalBytes } = this;
    const isWanted = await keep(this.standing, { totalBytes, whole: true });
    return isWanted ? "whole" : "unwanted";
  }

  /**
   * What is still to come when an answer has ended in order but short of the whole: an origin may give
   * less than it was asked for. Source: RFC 9110, 206 Partial Content.
   *
   * @throws Later when it cannot go on from here
   */
  async rest(given: Offer): Promise<Offer | undefined> {
    const { totalBytes, validator, firstByte } = given;
    if (totalBytes === undefined || this.received === totalBytes) return undefined;
    if (this.received > totalBytes) throw failed("It gives more than it said.");
    if (validator === undefined || this.received === firstByte) throw new Later();
    const next = await ask(this.standing, { firstByte: this.received, validator, totalBytes });
    if (next.firstByte === this.received) return next;
    next.discard();
    throw new Later(); // it has another content now: the next call begins anew
  }

  async take(piece: Buffer): Promise<boolean> {
    for (let from = 0; from < piece.length; ) {
      const copied = piece.copy(this.buffers[0], this.filled, from);
      from += copied;
      this.filled += copied;
      if (this.filled === this.buffers[0].length && !(await this.send())) return false;
    }
    return true;
  }

  /** Sends the part that is filled, once the one before has arrived. */
  async send(): Promise<boolean> {
    if (!(await this.sending)) return false;
    const [full, other] = this.buffers;
    this.buffers = [other, full];
    this.sending = this.part(this.number, full.subarray(0, this.filled));
    this.sending.catch(() => undefined); // heard when the next one is sent, or at the end
    this.number += 1;
    this.filled = 0;
    return true;
  }

  async part(number: number, body: Buffer): Promise<boolean> {
    const { place, kept } = this.standing;
    if (!(await Pulling.sendPart(place, kept.multipartId ?? "", number, body))) {
      if (!(await keep(this.standing, {}))) return false;
      throw new Later(); // S3 forgot the upload, though it is wanted: it begins anew
    }
    const receivedBytes = (number - 1) * (kept.partBytes ?? 0) + body.length;
    return keep(this.standing, { receivedBytes });
  }

  /** A slow origin must not look like a dead call. */
  async stay(): Promise<boolean> {
    if (this.standing.kept.busyUntilMs - Clock.now() > STAY_MS) return true;
    return keep(this.standing, {});
  }
}

/** How often a film may be fetched from its first byte again, by origins that cannot go on. */
const MOST_RESTARTS = 3;
/** Source: Amazon S3 user guide, multipart limits. */
const MOST_PARTS = 10_000;
const UNKNOWN = "application/octet-stream";
const STAY_MS = 40_000;
