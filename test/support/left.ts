import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Place } from "@rushes/cli/operator";
import type { Film } from "./meddle.ts";

/** Every row, object, version, delete marker and unfinished upload that names a film. */
export async function left(
  place: Pick<Place, "aws" | "region" | "credentials" | "resources">,
  { videoId, key }: Film,
): Promise<string[]> {
  const { aws: endpoint, region, credentials, resources } = place;
  const table = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }));
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  try {
    const { Items = [] } = await table.send(new ScanCommand({ TableName: resources.Table }));
    const rows = Items.filter((row) => JSON.stringify(row).includes(videoId));
    const found = rows.map(({ PK, SK }) => `${PK} ${SK}`);
    for (const Bucket of [resources.SourceBucket, resources.DeliveryBucket]) {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(
        new ListObjectVersionsCommand({ Bucket }),
      );
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
      for (const { Key = "" } of [...Versions, ...DeleteMarkers, ...Uploads]) {
        if (Key === key || Key.includes(videoId)) found.push(Key);
      }
    }
    return found;
  } finally {
    table.destroy();
    s3.destroy();
  }
}
