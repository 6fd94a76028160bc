import { openFront } from "@rushes/local/front";
import { openIam } from "@rushes/local/iam";
import { openCloud } from "@rushes/local/kernel/cloud";
import { openS3 } from "@rushes/local/s3";
import { serve } from "./served.ts";

/** The laptop's S3 behind its real front: signatures, permissions, index and fsync as ever. */
await serve(async (dataDir) => {
  const who = { region: "us-east-1", accountId: "000000000000" };
  const iam = openIam({ dataDir, ...who });
  const cloud = openCloud({ dataDir, ...who, iam });
  openS3(cloud);
  const { origin } = await openFront(cloud, { port: 0 });
  return { origin, keys: iam.operatorKeys };
});
