import { NotPretended } from "../../kernel/refusal.ts";
import type { Operation } from "../../kernel/service.ts";

/** AWS's operations that this machine does not have: each says so by name. */
export const refusedOperations: Record<string, Operation> = Object.fromEntries(
  [
    "StartJobsQuery",
    "GetJobsQueryResults",
    "CreatePreset",
    "ListPresets",
    "GetPreset",
    "UpdatePreset",
    "DeletePreset",
    "CreateJobTemplate",
    "ListJobTemplates",
    "GetJobTemplate",
    "UpdateJobTemplate",
    "DeleteJobTemplate",
    "AssociateCertificate",
    "DisassociateCertificate",
    "CreateResourceShare",
  ].map((action): [string, Operation] => [
    action,
    {
      run() {
        throw new NotPretended({ service: "mediaconvert", action });
      },
    },
  ]),
);
