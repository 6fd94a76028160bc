import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import { join } from "node:path";

/** What functions print: a file each, the one before it kept. */
export interface Logs {
  write(functionName: string, text: string): void;
  end(): Promise<void>;
}

export function openLogs(folder: string): Logs {
  const open = new Map<string, { stream: WriteStream; sizeBytes: number }>();
  let isEnded = false;

  const openFile = (functionName: string) => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${functionName}.log`);
    const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (sizeBytes > MOST_BYTES) renameSync(path, `${path}.1`);
    const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
    stream.on("error", () => undefined); // a log that cannot be written must not stop the function
    const file = { stream, sizeBytes: sizeBytes > MOST_BYTES ? 0 : sizeBytes };
    open.set(functionName, file);
    return file;
  };

  return {
    write(functionName, text) {
      if (isEnded) return; // the last words of a sandbox that was ended
      let file = open.get(functionName) ?? openFile(functionName);
      if (file.sizeBytes > MOST_BYTES) {
        file.stream.end();
        file = openFile(functionName);
      }
      file.stream.write(text);
      file.sizeBytes += Buffer.byteLength(text);
    },
    async end() {
      isEnded = true;
      const streams = [...open.values()].map((file) => file.stream);
      open.clear();
      await Promise.all(
        streams.map((stream) => new Promise<void>((done) => stream.end(() => done()))),
      );
    },
  };
}

const MOST_BYTES = 8 * 1024 * 1024;
