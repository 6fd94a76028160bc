import type { Tag } from "@aws-sdk/client-sfn";
import type { Need } from "../../kernel/caller.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Input } from "../../kernel/service.ts";
import type { MachineRow } from "../machines.ts";
import { required } from "./input.ts";
import type { Operations, Room } from "./room.ts";

export function tagOperations({ machines }: Room): Operations {
  const on =
    (action: string) =>
    (input: Input): Need => ({
      action: `states:${action}`,
      resource: String(input.resourceArn ?? "*"),
    });

  function machine(input: Input): { machine: MachineRow; tags: Tag[] } {
    const arn = required(input, "resourceArn");
    const found = machines.find(arn);
    if (!found) throw new Refusal("ResourceNotFound", `Resource not found: '${arn}'`);
    return { machine: found, tags: JSON.parse(found.tags) as Tag[] };
  }

  return {
    TagResource: {
      needs: on("TagResource"),
      run(input: Input) {
        const { machine: tagged, tags } = machine(input);
        const given = (input.tags ?? []) as Tag[];
        const kept = tags.filter(({ key }) => !given.some((tag) => tag.key === key));
        const all = [...kept, ...given];
        if (all.length > 50) throw new Refusal("TooManyTags", `Too many tags: '${tagged.arn}'`);
        machines.update({ ...tagged, tags: JSON.stringify(all) });
        return {};
      },
    },

    UntagResource: {
      needs: on("UntagResource"),
      run(input: Input) {
        const { machine: tagged, tags } = machine(input);
        const gone = new Set((input.tagKeys ?? []) as string[]);
        const kept = tags.filter(({ key }) => !gone.has(key ?? ""));
        machines.update({ ...tagged, tags: JSON.stringify(kept) });
        return {};
      },
    },

    ListTagsForResource: {
      needs: on("ListTagsForResource"),
      run: (input: Input) => ({ tags: machine(input).tags }),
    },
  };
}
