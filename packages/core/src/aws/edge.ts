import { CloudFrontClient, CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";
import { once } from "./once.ts";

/**
 * Tells every edge to forget what lies below a path, such as `/videos/vid_1/*`.
 *
 * @param cause the same cause is one invalidation, however often it is asked for
 */
export async function forget(distributionId: string, path: string, cause: string): Promise<void> {
  await cloudFront().send(
    new CreateInvalidationCommand({
      DistributionId: distributionId,
      InvalidationBatch: { CallerReference: cause, Paths: { Quantity: 1, Items: [path] } },
    }),
  );
}

const cloudFront = once(() => new CloudFrontClient({}));
