import type {
  BucketLifecycleConfiguration,
  CORSConfiguration,
  NotificationConfiguration,
  OwnershipControls,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
  Tag,
} from "@aws-sdk/client-s3";
import type { Shelf } from "./shelf.ts";

/** What can be set on a bucket, in the shapes of the SDK. */
export interface Settings {
  /** The document as it was sent. */
  policy: string;
  cors: CORSConfiguration;
  lifecycle: BucketLifecycleConfiguration & { TransitionDefaultMinimumObjectSize?: string };
  notification: NotificationConfiguration;
  publicAccessBlock: PublicAccessBlockConfiguration;
  encryption: ServerSideEncryptionConfiguration;
  ownership: OwnershipControls;
  tagging: Tag[];
}

export function get<Kind extends keyof Settings>(
  shelf: Shelf,
  bucket: string,
  kind: Kind,
): Settings[Kind] | undefined {
  const row = shelf.cloud.store.get<{ value: string }>(
    "SELECT value FROM s3_settings WHERE bucket = ? AND kind = ?",
    bucket,
    kind,
  );
  return row && (JSON.parse(row.value, revive) as Settings[Kind]);
}

export function put<Kind extends keyof Settings>(
  shelf: Shelf,
  bucket: string,
  kind: Kind,
  value: Settings[Kind],
): void {
  shelf.cloud.store.run(
    "INSERT INTO s3_settings (bucket, kind, value) VALUES (?, ?, ?) ON CONFLICT (bucket, kind) DO UPDATE SET value = excluded.value",
    bucket,
    kind,
    JSON.stringify(value),
  );
}

export function remove(shelf: Shelf, bucket: string, kind: keyof Settings): void {
  shelf.cloud.store.run("DELETE FROM s3_settings WHERE bucket = ? AND kind = ?", bucket, kind);
}

/** Lifecycle rules hold dates; JSON does not. */
function revive(name: string, value: unknown): unknown {
  return name === "Date" && typeof value === "string" ? new Date(value) : value;
}
