import * as Upload from "@rushes/core/upload";
import { type Served, serve } from "../door/described.ts";
import { abortUpload, addressParts, completeUpload, showUpload } from "./table/uploads.ts";

export const uploads: readonly Served[] = [
  serve(showUpload, ({ actor, params: { id, uploadId } }) => Upload.show(actor, id, uploadId)),
  serve(addressParts, ({ actor, params: { id, uploadId }, body }) =>
    Upload.addresses(actor, id, uploadId, body),
  ),
  serve(completeUpload, ({ actor, params: { id, uploadId } }) =>
    Upload.complete(actor, id, uploadId),
  ),
  serve(abortUpload, ({ actor, params: { id, uploadId } }) => Upload.abort(actor, id, uploadId)),
];
