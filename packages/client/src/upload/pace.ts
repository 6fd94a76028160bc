/** How far an upload is. */
export interface Progress {
  sentBytes: number;
  totalBytes: number;
  /** over the last seconds; 0 before anything is known */
  bytesPerSecond: number;
  /** undefined while nothing moves */
  etaSeconds: number | undefined;
  /** bytes that an earlier try had sent already; part of `sentBytes` */
  resumedBytes: number;
}

/** Counts what is sent, and tells about it a few times a second. */
export interface Pace {
  /** @param bytes negative when what was sent did not count */
  moved(bytes: number): void;
  /** Tells how it stands now. */
  tell(): void;
}

export function openPace(
  { totalBytes, resumedBytes }: { totalBytes: number; resumedBytes: number },
  onProgress: ((progress: Progress) => void) | undefined,
  now: () => number = () => performance.now(),
): Pace {
  let sentBytes = resumedBytes;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let marks = [{ atMs: now(), sentBytes }];

  const tell = () => {
    const atMs = now();
    toldAtMs = atMs;
    marks.push({ atMs, sentBytes });
    const [oldest] = marks.filter((mark) => atMs - mark.atMs <= WINDOW_MS);
    marks = marks.filter((mark) => atMs - mark.atMs <= WINDOW_MS);
    const seconds = oldest ? (atMs - oldest.atMs) / 1000 : 0;
    const bytesPerSecond =
      oldest && seconds > 0 ? Math.max(0, Math.round((sentBytes - oldest.sentBytes) / seconds)) : 0;
    const restBytes = totalBytes - sentBytes;
    const etaSeconds = bytesPerSecond > 0 ? Math.ceil(restBytes / bytesPerSecond) : undefined;
    onProgress?.({ sentBytes, totalBytes, bytesPerSecond, etaSeconds, resumedBytes });
  };

  return {
    moved(bytes) {
      sentBytes += bytes;
      if (now() - toldAtMs >= TELL_MS) tell();
    },
    tell,
  };
}

/** The speed is that of the last seconds. */
const WINDOW_MS = 10_000;

const TELL_MS = 250;
