import type { OperationName } from "../operations.ts";
import * as Shapes from "./shapes.ts";
import type { Shape } from "./xml.ts";

/** How one operation is asked for and answered over HTTP. */
export interface Route {
  operation: OperationName;
  method: string;
  on: "service" | "bucket" | "object";
  /** The sub-resource or parameter in the query that names the operation. */
  query?: string;
  /** A header that tells it from an operation of the same address. */
  header?: string;
  body?: { root: string; shape: Shape; member: string; optional?: boolean } | "stream" | "text";
  /** Where the answer is one document: its members, or those of the one `member`. */
  answer?: { root: string; shape: Shape; member?: string } | "stream" | "text";
  status?: number;
}

const tagging = { root: "Tagging", shape: Shapes.tagging };
const policy = { root: "AccessControlPolicy", shape: Shapes.acl };

/** Settings of a bucket: put, get and delete at one address. */
function setting(
  query: string,
  names: { put?: OperationName; get?: OperationName; delete?: OperationName },
  document: { root: string; shape: Shape },
  member: { put: string; get?: string },
  putStatus = 200,
): Route[] {
  const on = "bucket";
  const get = member.get === undefined ? document : { ...document, member: member.get };
  const body = { ...document, member: member.put };
  return [
    ...(names.put
      ? [{ operation: names.put, method: "PUT", on, query, body, status: putStatus } as const]
      : []),
    ...(names.get
      ? [{ operation: names.get, method: "GET", on, query, answer: get } as const]
      : []),
    ...(names.delete
      ? [{ operation: names.delete, method: "DELETE", on, query, status: 204 } as const]
      : []),
  ];
}

/** In order: of two that fit, the first is meant. */
export const ROUTES: Route[] = [
  {
    operation: "ListBuckets",
    method: "GET",
    on: "service",
    answer: { root: "ListAllMyBucketsResult", shape: Shapes.buckets },
  },

  ...setting(
    "cors",
    { put: "PutBucketCors", get: "GetBucketCors", delete: "DeleteBucketCors" },
    { root: "CORSConfiguration", shape: Shapes.corsConfiguration },
    { put: "CORSConfiguration" },
  ),
  ...setting(
    "lifecycle",
    {
      put: "PutBucketLifecycleConfiguration",
      get: "GetBucketLifecycleConfiguration",
      delete: "DeleteBucketLifecycle",
    },
    { root: "LifecycleConfiguration", shape: Shapes.lifecycle },
    { put: "LifecycleConfiguration" },
  ),
  ...setting(
    "notification",
    { put: "PutBucketNotificationConfiguration", get: "GetBucketNotificationConfiguration" },
    { root: "NotificationConfiguration", shape: Shapes.notification },
    { put: "NotificationConfiguration" },
  ),
  ...setting(
    "versioning",
    { put: "PutBucketVersioning", get: "GetBucketVersioning" },
    { root: "VersioningConfiguration", shape: Shapes.versioning },
    { put: "VersioningConfiguration" },
  ),
  ...setting(
    "publicAccessBlock",
    { put: "PutPublicAccessBlock", get: "GetPublicAccessBlock", delete: "DeletePublicAccessBlock" },
    { root: "PublicAccessBlockConfiguration", shape: Shapes.publicAccessBlock },
    { put: "PublicAccessBlockConfiguration", get: "PublicAccessBlockConfiguration" },
  ),
  ...setting(
    "ownershipControls",
    {
      put: "PutBucketOwnershipControls",
      get: "GetBucketOwnershipControls",
      delete: "DeleteBucketOwnershipControls",
    },
    { root: "OwnershipControls", shape: Shapes.ownership },
    { put: "OwnershipControls", get: "OwnershipControls" },
  ),
  ...setting(
    "encryption",
    { put: "PutBucketEncryption", get: "GetBucketEncryption", delete: "DeleteBucketEncryption" },
    { root: "ServerSideEncryptionConfiguration", shape: Shapes.encryption },
    { put: "ServerSideEncryptionConfiguration", get: "ServerSideEncryptionConfiguration" },
  ),
  ...setting(
    "tagging",
    { put: "PutBucketTagging", get: "GetBucketTagging", delete: "DeleteBucketTagging" },
    tagging,
    { put: "Tagging" },
    204,
  ),
  {
    operation: "PutBucketPolicy",
    method: "PUT",
    on: "bucket",
    query: "policy",
    body: "text",
    status: 204,
  },
  { operation: "GetBucketPolicy", method: "GET", on: "bucket", query: "policy", answer: "text" },
  { operation: "DeleteBucketPolicy", method: "DELETE", on: "bucket", query: "policy", status: 204 },
  {
    operation: "GetBucketPolicyStatus",
    method: "GET",
    on: "bucket",
    query: "policyStatus",
    answer: { root: "PolicyStatus", shape: Shapes.policyStatus, member: "PolicyStatus" },
  },
  {
    operation: "PutBucketAcl",
    method: "PUT",
    on: "bucket",
    query: "acl",
    body: { ...policy, member: "AccessControlPolicy", optional: true },
  },
  { operation: "GetBucketAcl", method: "GET", on: "bucket", query: "acl", answer: policy },
  {
    operation: "GetBucketLocation",
    method: "GET",
    on: "bucket",
    query: "location",
    answer: { root: "LocationConstraint", shape: "text", member: "LocationConstraint" },
  },
  {
    operation: "ListObjectVersions",
    method: "GET",
    on: "bucket",
    query: "versions",
    answer: { root: "ListVersionsResult", shape: Shapes.versions },
  },
  {
    operation: "ListMultipartUploads",
    method: "GET",
    on: "bucket",
    query: "uploads",
    answer: { root: "ListMultipartUploadsResult", shape: Shapes.uploads },
  },
  {
    operation: "ListObjectsV2",
    method: "GET",
    on: "bucket",
    query: "list-type",
    answer: { root: "ListBucketResult", shape: Shapes.objectsV2 },
  },
  {
    operation: "ListObjects",
    method: "GET",
    on: "bucket",
    answer: { root: "ListBucketResult", shape: Shapes.objects },
  },
  {
    operation: "DeleteObjects",
    method: "POST",
    on: "bucket",
    query: "delete",
    body: { root: "Delete", shape: Shapes.deletion, member: "Delete" },
    answer: { root: "DeleteResult", shape: Shapes.deleted },
  },
  { operation: "HeadBucket", method: "HEAD", on: "bucket" },
  {
    operation: "CreateBucket",
    method: "PUT",
    on: "bucket",
    body: {
      root: "CreateBucketConfiguration",
      shape: Shapes.createBucket,
      member: "CreateBucketConfiguration",
      optional: true,
    },
  },
  { operation: "DeleteBucket", method: "DELETE", on: "bucket", status: 204 },

  {
    operation: "PutObjectTagging",
    method: "PUT",
    on: "object",
    query: "tagging",
    body: { ...tagging, member: "Tagging" },
  },
  { operation: "GetObjectTagging", method: "GET", on: "object", query: "tagging", answer: tagging },
  {
    operation: "DeleteObjectTagging",
    method: "DELETE",
    on: "object",
    query: "tagging",
    status: 204,
  },
  {
    operation: "PutObjectAcl",
    method: "PUT",
    on: "object",
    query: "acl",
    body: { ...policy, member: "AccessControlPolicy", optional: true },
  },
  { operation: "GetObjectAcl", method: "GET", on: "object", query: "acl", answer: policy },
  {
    operation: "GetObjectAttributes",
    method: "GET",
    on: "object",
    query: "attributes",
    answer: { root: "GetObjectAttributesResponse", shape: Shapes.attributes },
  },
  {
    operation: "CreateMultipartUpload",
    method: "POST",
    on: "object",
    query: "uploads",
    answer: { root: "InitiateMultipartUploadResult", shape: Shapes.created },
  },
  {
    operation: "UploadPartCopy",
    method: "PUT",
    on: "object",
    query: "uploadId",
    header: "x-amz-copy-source",
    answer: { root: "CopyPartResult", shape: Shapes.copied, member: "CopyPartResult" },
  },
  { operation: "UploadPart", method: "PUT", on: "object", query: "uploadId", body: "stream" },
  {
    operation: "CompleteMultipartUpload",
    method: "POST",
    on: "object",
    query: "uploadId",
    body: {
      root: "CompleteMultipartUpload",
      shape: Shapes.completion,
      member: "MultipartUpload",
      optional: true,
    },
    answer: { root: "CompleteMultipartUploadResult", shape: Shapes.completed },
  },
  {
    operation: "ListParts",
    method: "GET",
    on: "object",
    query: "uploadId",
    answer: { root: "ListPartsResult", shape: Shapes.parts },
  },
  {
    operation: "AbortMultipartUpload",
    method: "DELETE",
    on: "object",
    query: "uploadId",
    status: 204,
  },
  {
    operation: "CopyObject",
    method: "PUT",
    on: "object",
    header: "x-amz-copy-source",
    answer: { root: "CopyObjectResult", shape: Shapes.copied, member: "CopyObjectResult" },
  },
  { operation: "PutObject", method: "PUT", on: "object", body: "stream" },
  { operation: "HeadObject", method: "HEAD", on: "object" },
  { operation: "GetObject", method: "GET", on: "object", answer: "stream" },
  { operation: "DeleteObject", method: "DELETE", on: "object", status: 204 },
];
