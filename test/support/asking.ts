import { readFileSync } from "node:fs";
import type { Place } from "@rushes/cli/operator";
import type { TestLaptop } from "./laptop.ts";
import type { Film } from "./meddle.ts";
import { type Person, signIn } from "./people.ts";

/** A film as the API shows it, as far as tests look at it. */
export interface Shown {
  id: string;
  status: string;
  phase: string;
  attempt: number;
  published?: { attempt: number };
  problem?: { code: string; message: string };
}

/** How a source is sent in one piece. */
interface Opened {
  video: Shown;
  upload: { id: string; put: { url: string; headers: Record<string, string> } };
}

export type Asking = Awaited<ReturnType<typeof asking>>;

/** Somebody of a group, signed in, who asks the API. */
export function asking(here: Pick<TestLaptop, "laptop">, group: "admin" | "editor") {
  return askingAt(here.laptop.endpoints, group);
}

/** The same at a laptop of which only its `endpoints.json` is known. */
export async function askingAt(place: Omit<Place, "resources">, group: "admin" | "editor") {
  const user = place.users?.find((one) => one.group === group);
  if (!user) throw new Error(`nobody is of the group ${group}`);
  const person: Person = await signIn({ laptop: { endpoints: place } }, user);

  async function ask<T>(method: string, path: string, body?: object, headers = {}) {
    const answer = await fetch(`${place.api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${person.access}`,
        ...(body ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as T };
  }

  const wishFor = (file: string) => ({
    filename: "film.mp4",
    type: "video/mp4",
    sizeBytes: readFileSync(file).length,
  });

  return {
    person,
    ask,

    /** Opens a film, without sending its source. */
    async open(file: string, more: object = {}, headers = {}): Promise<Opened & { film: Film }> {
      const { body } = await ask<Opened>("POST", "/videos", { ...wishFor(file), ...more }, headers);
      return { ...body, film: filmOf(body) };
    },

    /** Opens an upload for another source of a film. */
    async replace(id: string, file: string): Promise<Opened & { film: Film }> {
      const { body } = await ask<Opened>("PUT", `/videos/${id}/source`, wishFor(file));
      return { ...body, film: filmOf(body) };
    },

    send: ({ upload }: Opened, file: string) =>
      fetch(upload.put.url, {
        method: "PUT",
        headers: upload.put.headers,
        body: new Uint8Array(readFileSync(file)),
      }),

    show: (id: string) => ask<Shown>("GET", `/videos/${id}`),
  };
}

function filmOf({ video, upload }: Opened): Film {
  return { videoId: video.id, key: `uploads/${video.id}/${upload.id}/source` };
}
