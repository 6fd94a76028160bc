import { describe, expect, it } from "vitest";
import type { Target } from "./source.ts";
import { type Xhr, xhrPut } from "./xhr.ts";

/** A browser's request, moved by hand. */
class Hand implements Xhr {
  readonly upload: Xhr["upload"] = { onprogress: null };
  status = 0;
  responseText = "";
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  readonly headers: Record<string, string> = {};
  sent: Blob | undefined;
  open(): void {}
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(body: Blob): void {
    this.sent = body;
  }
  abort(): void {
    this.onabort?.();
  }
  answer(status: number, text = ""): void {
    this.status = status;
    this.responseText = text;
    this.onload?.();
  }
}

function sending(signal = new AbortController().signal) {
  const hand = new Hand();
  const told: number[] = [];
  const headers = { "x-amz-checksum-crc32": "AAAAAA==", "Content-Length": "5", host: "store" };
  const target: Target = { url: "/", headers, signal, onBytes: (count) => void told.push(count) };
  return { hand, told, answer: xhrPut(hand, new Blob(["12345"]), target) };
}

describe("a piece sent from a page", () => {
  it("tells how far it is, and sets no header that is the browser's own", async () => {
    const { hand, told, answer } = sending();
    expect(hand.headers).toEqual({ "x-amz-checksum-crc32": "AAAAAA==" });
    hand.upload.onprogress?.({ loaded: 2 });
    hand.upload.onprogress?.({ loaded: 4 });
    hand.answer(200);
    expect(await answer).toEqual({ status: 200, code: "" });
    expect(told).toEqual([2, 2, 1]);
  });

  it("hears the store's word for no", async () => {
    const { hand, answer } = sending();
    hand.answer(403, "<Error><Code>AccessDenied</Code></Error>");
    expect(await answer).toEqual({ status: 403, code: "AccessDenied" });
  });

  it("fails when the line breaks, and when the caller goes", async () => {
    const broken = sending();
    broken.hand.onerror?.();
    await expect(broken.answer).rejects.toBeInstanceOf(TypeError);
    const gone = new AbortController();
    const left = sending(gone.signal);
    gone.abort(new Error("gone"));
    await expect(left.answer).rejects.toThrow("gone");
    await expect(sending(gone.signal).answer).rejects.toThrow("gone");
  });
});
