import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { Refusal } from "../kernel/refusal.ts";
import { testCloud } from "../kernel/testing.ts";
import { openBundler } from "./bundle.ts";
import { openLambda } from "./index.ts";
import { ask, fixture } from "./testing.ts";

const { cloud, close } = testCloud();
const lambda = openLambda(cloud);
afterAll(close);

describe("bundles", () => {
  it("are kept: what has not changed is not built again", async () => {
    const folder = join(cloud.folder("lambda"), "bundles", "echo");
    await lambda.define(fixture("echo", { nodejs: { minify: false, sourcemap: true } }));
    const before = readdirSync(folder);
    await lambda.define(fixture("echo", { nodejs: { minify: false, sourcemap: true } }));
    expect(readdirSync(folder)).toEqual(before);
    await lambda.define(fixture("echo", { nodejs: { minify: true } }));
    const after = readdirSync(folder);
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    expect((await ask(cloud, "echo", "still")).result).toBe("still");
  });

  it("that a kill cut off leave nothing behind at the next start", () => {
    const root = join(cloud.folder("cut-off"), "bundles");
    mkdirSync(join(root, ".half-made"), { recursive: true });
    mkdirSync(join(root, "whole"));
    openBundler(root);
    expect(readdirSync(root)).toEqual(["whole"]);
  });

  it("that laptops share are one folder, whoever is first, and none takes away another's", async () => {
    const root = join(cloud.folder("common"), "bundles");
    mkdirSync(join(root, ".being-made"), { recursive: true });
    const bundlers = [1, 2, 3].map(() => openBundler(root, { shared: true }));
    const film = fixture("echo");
    const made = await Promise.all(bundlers.map((bundler) => bundler.bundle(film)));
    expect(new Set(made.map(({ folder }) => folder)).size).toBe(1);
    const [other] = await Promise.all([
      bundlers[0]?.bundle(fixture("echo", { nodejs: { minify: true } })),
    ]);
    expect(other?.folder).not.toBe(made[0]?.folder);
    expect(existsSync(made[0]?.file ?? "")).toBe(true);
    expect(readdirSync(root)).toContain(".being-made");
    await Promise.all(bundlers.map((bundler) => bundler.rest()));
  });

  it.each([{ timeoutSeconds: 901 }, { timeoutSeconds: 0 }, { memoryMb: 64 }])(
    "are not made for %j, which Lambda does not have",
    async (limits) => {
      await expect(lambda.define(fixture("echo", limits))).rejects.toMatchObject({
        code: "InvalidParameterValueException",
      });
    },
  );

  it("are not made for a role that Lambda may not assume", async () => {
    const assume = vi.spyOn(cloud.iam, "assume").mockImplementation(() => {
      throw new Refusal("AccessDenied", "no", { httpStatus: 403 });
    });
    await expect(lambda.define(fixture("echo"))).rejects.toMatchObject({
      code: "InvalidParameterValueException",
      message: expect.stringContaining("cannot be assumed by Lambda"),
    });
    assume.mockRestore();
  });

  it("that cannot be made are refused with the reason", async () => {
    await expect(lambda.define(fixture("x", { entry: "/nowhere/x" }))).rejects.toThrow(
      "Handler not found: /nowhere/x",
    );
    await expect(
      lambda.define(fixture("x", { nodejs: { esbuild: { jsx: "automatic" } } })),
    ).rejects.toMatchObject({ code: "NotImplemented", message: expect.stringContaining("jsx") });
    expect(existsSync(join(cloud.folder("lambda"), "bundles", "x"))).toBe(false);
  });

  it("that cannot be made do not keep others from it", async () => {
    const bad = join(cloud.folder("sources"), "bad.ts");
    writeFileSync(bad, "export const handler = ;");
    const [failed, made] = await Promise.allSettled([
      lambda.define(fixture("handler", { name: "bad", entry: bad })),
      lambda.define(fixture("echo", { name: "beside-bad" })),
    ]);
    expect(failed).toMatchObject({
      status: "rejected",
      reason: { message: expect.stringMatching(/^bad: does not build: .*bad\.ts:1:23/s) },
    });
    expect(made.status).toBe("fulfilled");
    expect((await ask(cloud, "beside-bad", "here")).result).toBe("here");
  });
});
