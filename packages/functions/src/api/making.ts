import * as Again from "@rushes/core/again";
import * as Execution from "@rushes/core/execution";
import * as Library from "@rushes/core/library";
import { type Served, serve } from "../door/described.ts";
import {
  cancelVideo,
  replaceSource,
  reprocessVideo,
  retryVideo,
  showExecution,
} from "./table/making.ts";

export const making: readonly Served[] = [
  serve(replaceSource, ({ actor, params, body }) => Library.replace(actor, params.id, body)),
  serve(retryVideo, async ({ actor, params }) =>
    Library.present(actor, await Again.retry(actor, params.id)),
  ),
  serve(reprocessVideo, async ({ actor, params, body }) =>
    Library.present(actor, await Again.reprocess(actor, params.id, body)),
  ),
  serve(cancelVideo, async ({ actor, params }) =>
    Library.present(actor, await Again.cancel(actor, params.id)),
  ),
  serve(showExecution, ({ actor, params, query }) =>
    Execution.view(actor, params.id, query.attempt),
  ),
];
