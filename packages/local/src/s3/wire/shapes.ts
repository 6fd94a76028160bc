import { flat, list, named, type Shape, struct } from "./xml.ts";

export * from "./setting-shapes.ts";

/** The documents of S3, as far as they are spoken here. */

const owner = struct({ ID: "text", DisplayName: "text" });
const tag = struct({ Key: "text", Value: "text" });
const prefixes = flat("CommonPrefixes", struct({ Prefix: "text" }));
const checksums = {
  ChecksumCRC32: "text",
  ChecksumCRC32C: "text",
  ChecksumCRC64NVME: "text",
  ChecksumSHA1: "text",
  ChecksumSHA256: "text",
} as const;

export const tagging = struct({ TagSet: list("TagSet", "Tag", tag) });

export const createBucket = struct({
  LocationConstraint: "text",
  Tags: list("Tags", "Tag", tag),
});

export const buckets = struct({
  Owner: owner,
  Buckets: list(
    "Buckets",
    "Bucket",
    struct({ Name: "text", CreationDate: "date", BucketRegion: "text", BucketArn: "text" }),
  ),
  ContinuationToken: "text",
  Prefix: "text",
});

export const policyStatus = struct({ IsPublic: "boolean" });

export const acl = struct({
  Owner: owner,
  Grants: list(
    "AccessControlList",
    "Grant",
    struct({
      Grantee: struct({
        Type: { attribute: "xsi:type" },
        ID: "text",
        DisplayName: "text",
        URI: "text",
        EmailAddress: "text",
      }),
      Permission: "text",
    }),
  ),
});

const object = struct({
  Key: "text",
  LastModified: "date",
  ETag: "text",
  ChecksumAlgorithm: flat("ChecksumAlgorithm"),
  ChecksumType: "text",
  Size: "number",
  Owner: owner,
  StorageClass: "text",
});

const listed: Record<string, Shape> = {
  Name: "text",
  Prefix: "text",
  Delimiter: "text",
  EncodingType: "text",
  MaxKeys: "number",
  IsTruncated: "boolean",
  CommonPrefixes: prefixes,
};

export const objects = struct({
  ...listed,
  Marker: "text",
  NextMarker: "text",
  Contents: flat("Contents", object),
});

export const objectsV2 = struct({
  ...listed,
  KeyCount: "number",
  StartAfter: "text",
  ContinuationToken: "text",
  NextContinuationToken: "text",
  Contents: flat("Contents", object),
});

const entry = {
  Key: "text",
  VersionId: "text",
  IsLatest: "boolean",
  LastModified: "date",
  Owner: owner,
} as const;

export const versions = struct({
  ...listed,
  KeyMarker: "text",
  VersionIdMarker: "text",
  NextKeyMarker: "text",
  NextVersionIdMarker: "text",
  Versions: flat(
    "Version",
    struct({
      ...entry,
      ETag: "text",
      ChecksumAlgorithm: flat("ChecksumAlgorithm"),
      ChecksumType: "text",
      Size: "number",
      StorageClass: "text",
    }),
  ),
  DeleteMarkers: flat("DeleteMarker", struct(entry)),
});

export const created = struct({ Bucket: "text", Key: "text", UploadId: "text" });

export const completed = struct({
  Location: "text",
  Bucket: "text",
  Key: "text",
  ETag: "text",
  ...checksums,
  ChecksumType: "text",
});

export const completion = struct({
  Parts: flat("Part", struct({ PartNumber: "number", ETag: "text", ...checksums })),
});

const upload = {
  UploadId: "text",
  Initiator: owner,
  Owner: owner,
  StorageClass: "text",
  ChecksumAlgorithm: "text",
  ChecksumType: "text",
} as const;

export const uploads = struct({
  Bucket: "text",
  KeyMarker: "text",
  UploadIdMarker: "text",
  NextKeyMarker: "text",
  NextUploadIdMarker: "text",
  Prefix: "text",
  Delimiter: "text",
  EncodingType: "text",
  MaxUploads: "number",
  IsTruncated: "boolean",
  Uploads: flat("Upload", struct({ Key: "text", ...upload, Initiated: "date" })),
  CommonPrefixes: prefixes,
});

export const parts = struct({
  Bucket: "text",
  Key: "text",
  ...upload,
  PartNumberMarker: "text",
  NextPartNumberMarker: "text",
  MaxParts: "number",
  IsTruncated: "boolean",
  Parts: flat(
    "Part",
    struct({
      PartNumber: "number",
      LastModified: "date",
      ETag: "text",
      Size: "number",
      ...checksums,
    }),
  ),
});

export const copied = struct({
  LastModified: "date",
  ETag: "text",
  ...checksums,
  ChecksumType: "text",
});

export const deletion = struct({
  Objects: flat(
    "Object",
    struct({
      Key: "text",
      VersionId: "text",
      ETag: "text",
      LastModifiedTime: "date",
      Size: "number",
    }),
  ),
  Quiet: "boolean",
});

export const deleted = struct({
  Deleted: flat(
    "Deleted",
    struct({
      Key: "text",
      VersionId: "text",
      DeleteMarker: "boolean",
      DeleteMarkerVersionId: "text",
    }),
  ),
  Errors: flat("Error", struct({ Key: "text", VersionId: "text", Code: "text", Message: "text" })),
});

export const attributes = struct({
  ETag: "text",
  Checksum: struct({ ...checksums, ChecksumType: "text" }),
  ObjectParts: struct({
    TotalPartsCount: named("PartsCount", "number"),
    PartNumberMarker: "text",
    NextPartNumberMarker: "text",
    MaxParts: "number",
    IsTruncated: "boolean",
    Parts: flat("Part", struct({ PartNumber: "number", Size: "number", ...checksums })),
  }),
  StorageClass: "text",
  ObjectSize: "number",
});
