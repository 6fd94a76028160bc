import { Patience } from "../wire/patience.ts";
import type { Gate } from "./gate.ts";
import type { Pace } from "./pace.ts";
import type { Answer, Piece, Source } from "./source.ts";
import { UploadProblem } from "./upload-problem.ts";

/** An address that was signed for one piece. */
export interface Address {
  url: string;
  headers: Record<string, string>;
  expiresAt: string;
}

/** What sending takes, besides the piece. */
export interface Sending {
  source: Source;
  gate: Gate;
  pace: Pace;
  signal: AbortSignal;
}

/**
 * Sends one piece until the store has it: again after silence or a busy store, with a new address
 * when the old one has expired, and from its beginning after a pause.
 *
 * @param address asked for a new address when there is none that is still good
 * @param isThere whether a refusal means that the store has the piece already
 */
export async function sendPiece(
  { source, gate, pace, signal }: Sending,
  piece: Piece,
  address: { known?: Address | undefined; fresh(): Promise<Address> },
  isThere: (answer: Answer) => boolean = () => false,
): Promise<void> {
  let { known } = address;
  for (let failed = 1; ; failed += 1) {
    await gate.pass(signal);
    await source.check();
    if (!known || Date.parse(known.expiresAt) - Date.now() < LEAST_MS)
      known = await address.fresh();
    const { shutting } = gate;
    let counted = 0;
    const stall = stalling();
    let cause: unknown;
    try {
      const answer = await source.put(piece, {
        url: known.url,
        headers: known.headers,
        signal: AbortSignal.any([signal, shutting, stall.signal]),
        onBytes(count) {
          counted += count;
          pace.moved(count);
          stall.moved();
        },
      });
      if (answer.status < 300 || isThere(answer)) {
        pace.moved(piece.sizeBytes - counted);
        return;
      }
      pace.moved(-counted);
      cause = await judge(answer, source);
      if (answer.status === 403) known = undefined;
    } catch (error) {
      if (error instanceof UploadProblem) throw error;
      pace.moved(-counted);
      signal.throwIfAborted();
      if (shutting.aborted) {
        failed -= 1; // a pause is no failure
        continue;
      }
      cause = error;
    } finally {
      stall.over();
    }
    if (failed >= Patience.parts.tries)
      throw new UploadProblem("Unreachable", undefined, { cause });
    await Patience.sleep(Patience.waitMs(Patience.parts, failed), signal);
  }
}

/** Throws when trying again is of no use; otherwise says what was wrong. */
async function judge({ status, code }: Answer, source: Source): Promise<Error> {
  const said = `${status} ${code}`.trim();
  if (code === "NoSuchUpload") throw new UploadProblem("UploadGone", said);
  const passes =
    status === 403 || status === 408 || status === 409 || status === 429 || status >= 500;
  if (passes || code === "RequestTimeout") return new Error(`The store answered ${said}.`);
  await source.check(); // bytes that do not fit their checksum: the file was written to
  throw new UploadProblem("StoreRefused", said);
}

/** Fires when bytes have begun to move and then no more do. */
function stalling() {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    signal: controller.signal,
    moved() {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(new Error("Nothing moves.")), STALL_MS);
    },
    over: () => clearTimeout(timer),
  };
}

/** An address that ends sooner is not used any more. */
const LEAST_MS = 5_000;

const STALL_MS = 120_000;
