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

/** What a function may do to single items. Nobody scans. */
export function onFilms(...actions: ("GetItem" | "PutItem" | "UpdateItem" | "DeleteItem")[]) {
  return { actions: actions.map((action) => `dynamodb:${action}`), resources: [library.arn] };
}

/** Read the rows of one film, one owner or one webhook. */
export const queryFilms = { actions: ["dynamodb:Query"], resources: [library.arn] };

/** Look through an index: `inFlight` finds what is on its way, the others what somebody owns. */
export function queryBy(...indexes: ("byOwner" | "byTitle" | "byTime" | "inFlight")[]) {
  return {
    actions: ["dynamodb:Query"],
    resources: indexes.map((index) => $interpolate`${library.arn}/index/${index}`),
  };
}
