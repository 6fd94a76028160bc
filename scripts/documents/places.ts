import { posix } from "node:path";
import type { Document, Spot } from "./markdown.ts";

/** What a document may speak of. */
export interface House {
  /** every file and folder, from the root, with `/` and none at the end */
  places: ReadonlySet<string>;
  /** anchors of each document */
  anchors: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A sentence for every link that leads nowhere. */
export function brokenLinks(document: Document, house: House): string[] {
  return document.links.flatMap((link) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(link.text)) return [];
    const [path = "", anchor] = decodeURIComponent(link.text).split("#");
    const target = path
      ? posix.join(posix.dirname(document.path), path).replace(/\/$/, "")
      : document.path;
    if (!house.places.has(target))
      return [`${at(document, link)} links to ${link.text}: no such file`];
    if (anchor === undefined || house.anchors.get(target)?.has(anchor)) return [];
    return [`${at(document, link)} links to ${link.text}: ${target} has no such heading`];
  });
}

/**
 * A sentence for every path in inline code that is not there. A path may begin at the root, beside
 * the document, or in its `src`; `*` and `<name>` stand for anything within one folder.
 */
export function missingPaths(document: Document, house: House): string[] {
  const homes = homesOf(document.path);
  return document.spans.flatMap((span) => {
    const [path = "", anchor] = span.text.split("#");
    const wanted = path.replace(/\/$/, "");
    if (!SHAPE.test(wanted) || !isClaim(wanted, homes, house)) return [];
    const found = homes
      .flatMap((home) => [posix.join(home, wanted), `${posix.join(home, wanted)}.ts`])
      .map((candidate) => find(candidate, house))
      .find((place) => place !== undefined);
    if (found === undefined) return [`${at(document, span)} speaks of ${span.text}: no such path`];
    if (!anchor || /[<*]/.test(anchor) || house.anchors.get(found)?.has(anchor)) return [];
    return [`${at(document, span)} speaks of ${span.text}: no such heading`];
  });
}

/** Services whose refusals send people to a heading of packages/local/README.md. */
export function refusingServices(source: string): string[] {
  const found = source.matchAll(/NotPretended\(\{\s*service:\s*"([\w-]+)"/g);
  return [...new Set([...found].map(([, service = ""]) => service))];
}

export const at = (document: Pick<Document, "path">, spot: Pick<Spot, "line">): string =>
  `${document.path}:${spot.line}`;

function homesOf(path: string): string[] {
  const folder = posix.dirname(path);
  return ["", folder === "." ? "" : folder, posix.join(folder, "src")];
}

/** Whether somebody who reads it would look for a file of ours. */
function isClaim(path: string, homes: string[], { places }: House): boolean {
  if (MADE.test(path)) return false;
  if (/\.(ts|tsx|mjs|md)$/.test(path)) return true;
  const [first = "", ...more] = path.split("/");
  return more.length > 0 && homes.some((home) => places.has(posix.join(home, first)));
}

function find(candidate: string, { places }: House): string | undefined {
  if (places.has(candidate)) return candidate;
  if (!/[*<]/.test(candidate)) return undefined;
  const pattern = candidate
    .replace(/<[^>/]*>/g, "*")
    .split("*")
    .map((part) => part.replace(/[.+{}()[\]^$|\\]/g, "\\$&"))
    .join("[^/]*");
  const shape = new RegExp(`^${pattern}$`);
  return [...places].find((place) => shape.test(place));
}

/** Words with slashes between them; an import's name or an address is something else. */
const SHAPE = /^[\w.*<>-]+(\/[\w.*<>-]+)*$/;

/** Made at run time or by an installation, so it is in no checkout. */
const MADE = /^(\.rushes|\.reports|\.sst|node_modules)\//;
