import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { clientsOf } from "./build.ts";

it("the clients alone are what our files import of them, each once and no types", () => {
  const folder = mkdtempSync(join(tmpdir(), "clients-"));
  const [one, other] = [join(folder, "one.ts"), join(folder, "other.ts")];
  writeFileSync(
    one,
    [
      'import {\n  NotFound,\n  type Part,\n  S3Client,\n} from "@aws-sdk/client-s3";',
      'import type { Track } from "@aws-sdk/client-mediaconvert";',
      'import { z } from "zod";',
    ].join("\n"),
  );
  writeFileSync(other, 'import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";\n');
  expect(clientsOf([one, other])).toBe(
    'export { NotFound, S3Client, HeadObjectCommand } from "@aws-sdk/client-s3";',
  );
  rmSync(folder, { recursive: true });
});
