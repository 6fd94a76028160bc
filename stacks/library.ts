import { production } from "./stage.ts";

/** One item a film, its attempts and its timeline beside it. */
export const library = new sst.aws.Dynamo("Library", {
  fields: {
    PK: "string",
    SK: "string",
    ownerId: "string",
    titleKey: "string",
    kind: "string",
    createdAtMs: "number",
    inFlight: "string",
    updatedAtMs: "number",
  },
  primaryIndex: { hashKey: "PK", rangeKey: "SK" },
  globalIndexes: {
    byOwner: { hashKey: "ownerId", rangeKey: "createdAtMs" },
    byTitle: { hashKey: "ownerId", rangeKey: "titleKey" },
    byTime: { hashKey: "kind", rangeKey: "createdAtMs" },
    // sparse: only films that are on their way have the attribute
    inFlight: { hashKey: "inFlight", rangeKey: "updatedAtMs" },
  },
  ttl: "expiresAtS",
  deletionProtection: production,
});

export const films = new sst.Linkable("Films", { properties: { table: library.name } });

/** Read one item, write one item on a condition, or several at once: no scan, no batch, no delete. */
export const keepFilms = {
  actions: [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:ConditionCheckItem",
  ],
  resources: [library.arn],
};
