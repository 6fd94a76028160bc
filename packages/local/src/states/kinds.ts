import type { Kinds } from "../kernel/kinds.ts";

/** What the members of Step Functions' requests are. Source: the Step Functions model. */
export const kinds: Kinds = {
  cause: "text",
  definition: "text",
  error: "text",
  executionArn: "text",
  includeExecutionData: "flag",
  key: "text",
  maxResults: "number",
  name: "text",
  nextToken: "text",
  publish: "flag",
  resourceArn: "text",
  reverseOrder: "flag",
  roleArn: "text",
  stateMachineArn: "text",
  statusFilter: "text",
  tagKeys: "texts",
  tags: "records",
  taskToken: "text",
  value: "text",
};
