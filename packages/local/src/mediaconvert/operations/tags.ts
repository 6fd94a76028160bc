import type {
  ListTagsForResourceCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-mediaconvert";
import type { Cloud } from "../../kernel/cloud.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Input, Operation } from "../../kernel/service.ts";
import type { Arns } from "../arns.ts";
import { notFound, type Queues } from "../queue/queues.ts";

export const tagTables = `
  CREATE TABLE IF NOT EXISTS mediaconvert_tags (
    arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, key)
  );
`;

/** Tags of jobs and queues, by ARN. */
export interface Tags {
  set(arn: string, tags: Record<string, string>): void;
  clear(arn: string): void;
  operations: Record<string, Operation>;
}

export function openTags(cloud: Cloud, arns: Arns, queues: Queues): Tags {
  const { store } = cloud;
  const read = (arn: string): Record<string, string> =>
    Object.fromEntries(
      store
        .all<{ key: string; value: string }>(
          "SELECT key, value FROM mediaconvert_tags WHERE arn = ? ORDER BY key",
          arn,
        )
        .map(({ key, value }) => [key, value]),
    );
  const needs = (action: string) => (input: Input) => ({
    action: `mediaconvert:${action}`,
    resource: String(input.Arn),
  });
  const require = (arn: unknown): string => {
    const text = String(arn);
    const id = text.slice(text.lastIndexOf("/") + 1);
    const isQueue = text === arns.queue(id) && queues.find(id);
    const isJob =
      text === arns.job(id) && store.get("SELECT 1 FROM mediaconvert_jobs WHERE id = ?", id);
    if (!isQueue && !isJob) throw notFound("resource", text);
    return text;
  };
  const set = (arn: string, tags: Record<string, string>) =>
    store.transaction(() => {
      for (const [key, value] of Object.entries(tags)) {
        store.run("INSERT OR REPLACE INTO mediaconvert_tags VALUES (?, ?, ?)", arn, key, value);
      }
    });
  return {
    set,
    clear: (arn) => void store.run("DELETE FROM mediaconvert_tags WHERE arn = ?", arn),
    operations: {
      TagResource: {
        needs: needs("TagResource"),
        run(input: TagResourceCommandInput) {
          const arn = require(input.Arn);
          const tags = Object.entries(input.Tags ?? {});
          if (
            tags.some(
              ([key, value]) => key.length > 128 || typeof value !== "string" || value.length > 256,
            )
          ) {
            throw new Refusal(
              "BadRequestException",
              "/tags: keys have at most 128 characters, values 256",
            );
          }
          set(arn, Object.fromEntries(tags));
          return {};
        },
      },
      UntagResource: {
        needs: needs("UntagResource"),
        run(input: UntagResourceCommandInput) {
          const arn = require(input.Arn);
          for (const key of input.TagKeys ?? []) {
            store.run("DELETE FROM mediaconvert_tags WHERE arn = ? AND key = ?", arn, key);
          }
          return {};
        },
      },
      ListTagsForResource: {
        needs: needs("ListTagsForResource"),
        run(input: ListTagsForResourceCommandInput) {
          const arn = require(input.Arn);
          return { ResourceTags: { Arn: arn, Tags: read(arn) } };
        },
      },
    },
  };
}
