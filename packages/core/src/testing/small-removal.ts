import type { IncomingMessage, ServerResponse } from "node:http";
import type { Multipart } from "./small-multipart.ts";
import type { Shelf } from "./small-shelf.ts";

/** How objects are removed, as far as core leans on it: versions, marks, uploads, the edge. */
export interface Removing {
  /** Versions that lie behind the objects of the shelf, and marks of older removals. */
  behind: { path: string; versionId: string; isMark?: boolean }[];
  /** Objects that one list names at most. */
  page: number;
  /** What the edge was told to forget, by whose word. */
  forgotten: Map<string, string>;
  /** Throws before or after a call takes effect. */
  fault: ((what: string, when: "before" | "after") => void) | undefined;
  serve(request: IncomingMessage, response: ServerResponse, url: URL, body: string): boolean;
}

export function smallRemoving(shelf: Shelf, multipart: Multipart): Removing {
  const removing: Removing = {
    behind: [],
    page: 1000,
    forgotten: new Map(),
    fault: undefined,
    serve(request, response, url, body) {
      const what = nameOf(request, url);
      if (!what) return false;
      removing.fault?.(what, "before");
      const said = run(what, url, body);
      removing.fault?.(what, "after");
      response.writeHead(what === "forget" ? 201 : 200, { "content-type": "application/xml" });
      response.end(said);
      return true;
    },
  };
  return removing;

  function run(what: string, url: URL, body: string): string {
    const path = decodeURIComponent(url.pathname);
    switch (what) {
      case "list versions":
        return versions(path, url.searchParams.get("prefix") ?? "");
      case "list uploads": {
        const start = `${path}/${url.searchParams.get("prefix") ?? ""}`.replace("//", "/");
        const open = [...multipart.open.values()].filter((upload) => upload.path.startsWith(start));
        const uploads = open.map(
          ({ id, path: at }) =>
            `<Upload><Key>${keyOf(at)}</Key><UploadId>${id}</UploadId></Upload>`,
        );
        return `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${uploads.join("")}</ListMultipartUploadsResult>`;
      }
      case "remove many": {
        for (const [, one = ""] of body.matchAll(/<Object>(.*?)<\/Object>/gs)) {
          remove(`${path.replace(/\/$/, "")}/${inner(one, "Key")}`, inner(one, "VersionId"));
        }
        return "<DeleteResult></DeleteResult>";
      }
      case "remove":
        remove(path, url.searchParams.get("versionId") ?? undefined);
        return "";
      default: {
        const cause = inner(body, "CallerReference") ?? "";
        removing.forgotten.set(cause, inner(body, "Path") ?? "");
        return "<Invalidation><Id>I1</Id></Invalidation>";
      }
    }
  }

  function versions(path: string, prefix: string): string {
    const start = `${path.replace(/\/$/, "")}/${prefix}`;
    const current = [...shelf.objects].map(([at, { versionId = "null" }]) => ({
      path: at,
      versionId,
      isMark: false,
    }));
    const all = [...current, ...removing.behind].filter((one) => one.path.startsWith(start));
    const shown = all.toSorted((a, b) => (a.path < b.path ? -1 : 1)).slice(0, removing.page);
    const entries = shown.map((one) => {
      const tag = one.isMark ? "DeleteMarker" : "Version";
      return `<${tag}><Key>${keyOf(one.path)}</Key><VersionId>${one.versionId}</VersionId></${tag}>`;
    });
    const more = all.length > shown.length;
    return `<ListVersionsResult><IsTruncated>${more}</IsTruncated>${entries.join("")}</ListVersionsResult>`;
  }

  function remove(path: string, versionId: string | undefined): void {
    const found = shelf.objects.get(path);
    if (found && (versionId === undefined || (found.versionId ?? "null") === versionId)) {
      shelf.objects.delete(path);
    }
    removing.behind = removing.behind.filter(
      (one) => one.path !== path || one.versionId !== versionId,
    );
  }
}

function nameOf({ method }: IncomingMessage, { pathname, searchParams }: URL): string | undefined {
  if (/^\/2020-05-31\/distribution\/[^/]+\/invalidation$/.test(pathname)) return "forget";
  if (method === "GET" && searchParams.has("versions")) return "list versions";
  if (method === "GET" && searchParams.has("uploads")) return "list uploads";
  if (method === "POST" && searchParams.has("delete")) return "remove many";
  return method === "DELETE" && !searchParams.has("uploadId") ? "remove" : undefined;
}

/** `/bucket/the/key` without its bucket. */
function keyOf(path: string): string {
  return path.split("/").slice(2).join("/");
}

function inner(xml: string, tag: string): string | undefined {
  return new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(xml)?.[1];
}
