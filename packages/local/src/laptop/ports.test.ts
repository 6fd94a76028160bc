import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { listening } from "./ports.ts";

describe("a port", () => {
  it("that another program has is named, with what to do", async () => {
    const first = createServer().listen(0, "127.0.0.1");
    await once(first, "listening");
    const { port } = first.address() as AddressInfo;
    const second = async () => once(createServer().listen(port, "127.0.0.1"), "listening");
    await expect(listening(port, second)).rejects.toThrow(`Port ${port} is taken`);
    first.close();
  });

  it("that only an administrator may open is named too", async () => {
    const refused = async () => {
      throw Object.assign(new Error("listen EACCES"), { code: "EACCES" });
    };
    await expect(listening(80, refused)).rejects.toThrow("may not open port 80");
  });

  it("passes on what has nothing to do with ports", async () => {
    const broken = async () => {
      throw new Error("the distribution is unreadable");
    };
    await expect(listening(80, broken)).rejects.toThrow("the distribution is unreadable");
  });
});
