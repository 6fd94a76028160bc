import { type Answer, codeIn, type Target } from "./source.ts";

/** As much of XMLHttpRequest as sending a piece takes. */
export interface Xhr {
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null };
  readonly status: number;
  readonly responseText: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: Blob): void;
  abort(): void;
}

/** Sends a piece from a page. Unlike `fetch` it tells how far it is. */
export function xhrPut(xhr: Xhr, body: Blob, target: Target): Promise<Answer> {
  const { url, headers, signal, onBytes } = target;
  return new Promise((resolve, reject) => {
    let told = 0;
    const tell = (loaded: number) => {
      onBytes(loaded - told);
      told = loaded;
    };
    const stop = () => xhr.abort();
    const settle = (run: () => void) => () => {
      signal.removeEventListener("abort", stop);
      run();
    };
    signal.throwIfAborted();
    xhr.open("PUT", url);
    for (const [name, value] of settable(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded }) => tell(Math.min(loaded, body.size));
    xhr.onload = settle(() => {
      if (xhr.status < 300) tell(body.size);
      resolve({ status: xhr.status, code: codeIn(xhr.responseText) });
    });
    xhr.onerror = settle(() => reject(new TypeError("The store cannot be reached.")));
    xhr.onabort = settle(() => reject(signal.reason));
    signal.addEventListener("abort", stop, { once: true });
    xhr.send(body);
  });
}

/** Headers without those that a browser sets itself and lets nobody set. */
export function settable(headers: Target["headers"]): Array<[string, string]> {
  return Object.entries(headers).filter(([name]) => !/^(content-length|host)$/i.test(name));
}
