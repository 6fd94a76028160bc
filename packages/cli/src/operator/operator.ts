import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetExecutionHistoryCommand, SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { connect as connectApi, type Grant, openAccounts, type Rushes } from "@rushes/client";
import { metadataText } from "./metadata.ts";

/** Where a deployed Rushes is and with which keys: what `endpoints.json` holds. */
export interface Place {
  aws: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  resources: Record<string, string>;
  api?: string;
  userPoolId?: string;
  clientId?: string;
  users?: ReadonlyArray<{ email: string; password: string; group: string }>;
}

export type { Grant } from "@rushes/client";

/** A film as the table holds it. The CLI shows what is there and judges none of it. */
export type FilmItem = Record<string, unknown> & { videoId?: string; status?: string };

export type Operator = ReturnType<typeof connect>;

/** What an operator does with keys of the account, through the plain AWS SDK. */
export function connect(place: Place) {
  const config = {
    endpoint: place.aws,
    region: place.region,
    credentials: place.credentials,
  };
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const states = new SFNClient(config);
  const api = apiOf(place);
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const named = (resource: string): string => {
    const name = place.resources[resource];
    if (!name) throw new Error(`endpoints.json names no ${resource}`);
    return name;
  };

  return {
    /** Drops a file into the inbox; the name it gets there starts a film. */
    async drop(file: string, as = basename(file), title?: string): Promise<string> {
      const key = `inbox/${as}`;
      await s3.send(
        new PutObjectCommand({
          Bucket: named("SourceBucket"),
          Key: key,
          Body: createReadStream(file),
          ContentLength: statSync(file).size,
          ...(title ? { Metadata: { title: metadataText(title) } } : {}),
        }),
      );
      return key;
    },

    /** The film that came last; undefined while the library is empty. */
    async newest(): Promise<FilmItem | undefined> {
      const page = await table.send(
        new QueryCommand({
          TableName: named("Table"),
          IndexName: "byTime",
          KeyConditionExpression: "#kind = :video",
          ExpressionAttributeNames: { "#kind": "kind" },
          ExpressionAttributeValues: { ":video": "VIDEO" },
          ScanIndexForward: false,
          Limit: 1,
        }),
      );
      return page.Items?.[0];
    },

    async film(videoId: string): Promise<FilmItem | undefined> {
      const found = await table.send(
        new GetCommand({
          TableName: named("Table"),
          Key: { PK: `VIDEO#${videoId}`, SK: "META" },
          ConsistentRead: true,
        }),
      );
      return found.Item;
    },

    /** The whole history of an execution, oldest event first. */
    async history(executionArn: string) {
      const events = [];
      let nextToken: string | undefined;
      do {
        const page = await states.send(
          new GetExecutionHistoryCommand({ executionArn, ...(nextToken ? { nextToken } : {}) }),
        );
        events.push(...(page.events ?? []));
        nextToken = page.nextToken;
      } while (nextToken);
      return events;
    },

    /** The API, as the admin. */
    api,

    /**
     * Asks the API for a grant, as the admin.
     *
     * @throws ApiProblem when it refuses
     */
    async grant(videoId: string, lifetimeSeconds?: number): Promise<Grant> {
      return (await api()).grant(videoId, lifetimeSeconds ? { lifetimeSeconds } : {});
    },

    close() {
      for (const client of [s3, states, table]) client.destroy();
    },
  };
}

/** The API as the admin, who signs in when something is first asked. */
function apiOf({ aws, api, userPoolId, clientId, users = [] }: Place): () => Promise<Rushes> {
  let signedIn: Promise<Rushes> | undefined;
  return () => {
    signedIn ??= signIn().catch((error: unknown) => {
      signedIn = undefined;
      throw error;
    });
    return signedIn;
  };

  async function signIn(): Promise<Rushes> {
    const admin = users.find(({ group }) => group === "admin");
    if (!api || !userPoolId || !clientId || !admin) {
      throw new Error("endpoints.json names no API with an admin");
    }
    const accounts = openAccounts({ issuer: `${aws}/${userPoolId}`, clientId });
    await accounts.signIn(admin);
    return connectApi({ api, token: accounts.token });
  }
}
