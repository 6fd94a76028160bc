import * as Buckets from "./actions/bucket.ts";
import { completeMultipartUpload } from "./actions/complete-upload.ts";
import { copyObject } from "./actions/copy-object.ts";
import { deleteObject, deleteObjects } from "./actions/delete-object.ts";
import { getObject, headObject } from "./actions/get-object.ts";
import { listObjects, listObjectsV2 } from "./actions/list-objects.ts";
import { listMultipartUploads, listParts } from "./actions/list-uploads.ts";
import { listObjectVersions } from "./actions/list-versions.ts";
import { abortMultipartUpload, createMultipartUpload } from "./actions/multipart-upload.ts";
import { getObjectAttributes } from "./actions/object-attributes.ts";
import * as Tagging from "./actions/object-tagging.ts";
import * as Protection from "./actions/protection.ts";
import { putObject } from "./actions/put-object.ts";
import * as Settings from "./actions/settings.ts";
import { uploadPart, uploadPartCopy } from "./actions/upload-part.ts";
import type { Action } from "./shelf.ts";

/** Everything S3 does here, by the names of the SDK. */
export const actions = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: Buckets.createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: Buckets.deleteBucket,
  DeleteBucketCors: Settings.forget("cors", "PutBucketCORS"),
  DeleteBucketEncryption: Settings.forget("encryption", "PutEncryptionConfiguration"),
  DeleteBucketLifecycle: Settings.forget("lifecycle", "PutLifecycleConfiguration"),
  DeleteBucketOwnershipControls: Settings.forget("ownership", "PutBucketOwnershipControls"),
  DeleteBucketPolicy: Settings.forget("policy", "DeleteBucketPolicy"),
  DeleteBucketTagging: Settings.forget("tagging", "PutBucketTagging"),
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  DeleteObjectTagging: Tagging.deleteObjectTagging,
  DeletePublicAccessBlock: Settings.forget("publicAccessBlock", "PutBucketPublicAccessBlock"),
  GetBucketAcl: Protection.getBucketAcl,
  GetBucketCors: Settings.getBucketCors,
  GetBucketEncryption: Protection.getBucketEncryption,
  GetBucketLifecycleConfiguration: Settings.getBucketLifecycleConfiguration,
  GetBucketLocation: Buckets.getBucketLocation,
  GetBucketNotificationConfiguration: Settings.getBucketNotificationConfiguration,
  GetBucketOwnershipControls: Settings.getBucketOwnershipControls,
  GetBucketPolicy: Protection.getBucketPolicy,
  GetBucketPolicyStatus: Protection.getBucketPolicyStatus,
  GetBucketTagging: Settings.getBucketTagging,
  GetBucketVersioning: Buckets.getBucketVersioning,
  GetObject: getObject,
  GetObjectAcl: Protection.getObjectAcl,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: Tagging.getObjectTagging,
  GetPublicAccessBlock: Settings.getPublicAccessBlock,
  HeadBucket: Buckets.headBucket,
  HeadObject: headObject,
  ListBuckets: Buckets.listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListParts: listParts,
  PutBucketAcl: Protection.putBucketAcl,
  PutBucketCors: Settings.putBucketCors,
  PutBucketEncryption: Protection.putBucketEncryption,
  PutBucketLifecycleConfiguration: Settings.putBucketLifecycleConfiguration,
  PutBucketNotificationConfiguration: Settings.putBucketNotificationConfiguration,
  PutBucketOwnershipControls: Settings.putBucketOwnershipControls,
  PutBucketPolicy: Protection.putBucketPolicy,
  PutBucketTagging: Settings.putBucketTagging,
  PutBucketVersioning: Buckets.putBucketVersioning,
  PutObject: putObject,
  PutObjectAcl: Protection.putObjectAcl,
  PutObjectTagging: Tagging.putObjectTagging,
  PutPublicAccessBlock: Settings.putPublicAccessBlock,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
} as const satisfies Record<string, Action>;

export type OperationName = keyof typeof actions;
