export { connect, type Rushes } from "./connect.ts";
export {
  ApiProblem,
  type FieldProblem,
  NetworkProblem,
  type ProblemCode,
} from "./problem/problem.ts";
export type * from "./shapes.ts";
export { type Accounts, type AccountsOptions, openAccounts } from "./sign-in/accounts.ts";
export { type SignInPlace, signInPlace } from "./sign-in/place.ts";
export { type SignInCode, SignInProblem } from "./sign-in/sign-in-problem.ts";
export {
  memoryStore,
  type Session,
  type TokenStore,
  type WebStorage,
  webStore,
} from "./sign-in/token-store.ts";
export type { About, Begun } from "./upload/begin.ts";
export { blobSource } from "./upload/blob-source.ts";
export { mediaTypeOf } from "./upload/media-type.ts";
export type { Progress } from "./upload/pace.ts";
export { type UploadRecord, type UploadRecords, webRecords } from "./upload/records.ts";
export type { Source } from "./upload/source.ts";
export type { SendOptions, Uploading } from "./upload/upload.ts";
export { UploadProblem } from "./upload/upload-problem.ts";
export type { Videos } from "./videos.ts";
export type { Seen, WatchOptions } from "./watch/watch.ts";
export type { Webhooks } from "./webhooks.ts";
export type { Page } from "./wire/pages.ts";
export type { TokenSource, WireOptions } from "./wire/wire.ts";
