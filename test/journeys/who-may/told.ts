import type { Described } from "../../../packages/functions/src/door/described.ts";
import type { Wrong } from "../../support/tokens.ts";
import { type Relation, type Role, relations, roles } from "./rules.ts";

/** What came of it: `403 Forbidden`, or the status alone where all was well or nobody says more. */
export type Came = string;

export interface Seen {
  route: Described;
  /** by `role relation` */
  came: Map<string, Came>;
  /** by what is wrong with the token: every answer there was, each once */
  refused: Map<Wrong, Set<Came>>;
}

/** The page that people read: what the laptop answered, and nothing that was thought up. */
export function page(seen: readonly Seen[], wrong: readonly Wrong[]): string {
  const people: Role[] = ["anonymous", ...roles];
  const about = relations.map((relation) => {
    const those = seen.filter(({ came }) => came.has(key("viewer", relation)));
    const body = those.map(({ route, came }) => [
      nameOf(route),
      ...people.map((role) => came.get(key(role, relation)) ?? ""),
    ]);
    return `## ${TITLES[relation]}\n\n${rows(["route", ...people], body)}\n`;
  });
  const refused = seen.map(({ route, refused }) => [
    nameOf(route),
    ...wrong.map((which) => [...(refused.get(which) ?? [])].toSorted().join(", ")),
  ]);
  return `# Who may what

Made by \`test/journeys/who-may.test.ts\`, which asks a laptop: every route, as everybody, about what
is their own, shared with them, somebody else's and public. \`npm test -- who-may -u\` makes it again;
look at what changed. What should be so stands in \`test/journeys/who-may/rules.ts\`, and the test holds
both together.

An admin is an operator. A film that is nothing to somebody is answered as one that does not exist,
byte for byte. A number alone is what the route answers when all is well, or what the gateway says
for us; to complete an upload is a 409 here because nothing was sent to it.

${about.join("\n")}
## With a token that is not good

The same for every role and whatever it is about. Playlists look at no token, as their grant is the
right, and neither does the page that tells where to sign in.

${rows(["route", ...wrong], refused)}
`;
}

const TITLES: Record<Relation, string> = {
  own: "About oneself, and what is one's own",
  shared: "About a film that its owner shares",
  foreign: "About what is somebody else's",
  public: "About a public film of somebody else's",
};

export const key = (role: Role, relation: Relation): string => `${role} ${relation}`;

const nameOf = ({ method, path }: Described): string => `${method.toUpperCase()} ${path}`;

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}
