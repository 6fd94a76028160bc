import type { Laptop } from "@rushes/local";
import type { Cloud } from "@rushes/local/kernel/cloud";
import type { Input } from "@rushes/local/kernel/service";

/**
 * A hand between the services of a laptop. It loses, holds, repeats and breaks what they say to one
 * another about one film; every other film is left in peace.
 */

/** What names a film in whatever is said about it. */
export interface Film {
  videoId: string;
  /** of its source */
  key: string;
}

type Event = Parameters<Cloud["emit"]>[0];

/** Lets one call of an operation go on, or answers it in its place. */
export type Act = (call: {
  /** Makes the call. */
  pass: () => Promise<Input>;
  input: Input;
  /** Counts from 1. */
  nth: number;
}) => Promise<Input> | Input;

/** Events that were kept back. */
export interface Held {
  readonly kinds: string[];
  /** Takes them away: they are the caller's to send, or to lose. */
  take(): Event[];
  /** Sends them, in the order of `backwards` or as they came; later ones are not held any more. */
  release(order?: "backwards"): void;
}

export type Meddler = ReturnType<typeof meddle>;

export function meddle({ cloud }: Pick<Laptop, "cloud">) {
  const hands = new Map<string, Array<{ film: Film; act: Act; seen: number }>>();
  const watching: Array<{ film: Film; take: (event: Event) => boolean }> = [];
  const hurried: Array<{ film: Film; seconds: number }> = [];
  const published: Array<{ dedupeId: string; videoId: string }> = [];

  const emit = cloud.emit;
  cloud.emit = (event) => {
    const taken = watching.some(({ film, take }) => concerns(film, event.detail) && take(event));
    if (!taken) emit(event);
  };

  const operation = (service: string, name: string) => {
    const found = cloud.services.get(service)?.operations[name];
    if (!found) throw new Error(`there is no ${service} ${name}`);
    return found;
  };

  /** Puts `run` around an operation, for whoever calls it. */
  const wrap = (
    service: string,
    name: string,
    run: (input: Input, pass: () => Promise<Input>) => Promise<Input>,
  ) => {
    const found = operation(service, name);
    const { run: plain } = found;
    found.run = (input, caller) =>
      run(input, async () => plain.call(found, input, caller) as Promise<Input>);
  };

  wrap("sns", "Publish", async (input, pass) => {
    const answer = await pass();
    published.push(JSON.parse(input.Message));
    return answer;
  });

  wrap("sqs", "ReceiveMessage", async ({ QueueUrl }, pass) => {
    const answer = await pass();
    for (const { Body, ReceiptHandle } of answer?.Messages ?? []) {
      const hurry = hurried.find(({ film }) => concerns(film, Body));
      if (!hurry) continue;
      const { run } = operation("sqs", "ChangeMessageVisibility");
      const VisibilityTimeout = hurry.seconds;
      await run({ QueueUrl, ReceiptHandle, VisibilityTimeout }, cloud.iam.operator);
    }
    return answer;
  });

  return {
    /** Stands between callers and an operation, for the calls that are about a film. */
    around(service: string, name: string, film: Film, act: Act): void {
      const at = `${service} ${name}`;
      const known = hands.get(at);
      if (known) return void known.push({ film, act, seen: 0 });
      const mine = [{ film, act, seen: 0 }];
      hands.set(at, mine);
      wrap(service, name, async (input, pass) => {
        const hand = mine.find(({ film }) => concerns(film, input));
        if (!hand) return pass();
        hand.seen += 1;
        return hand.act({ pass, input, nth: hand.seen });
      });
    },

    /**
     * A list does not name what is about a film.
     *
     * @returns ends it
     */
    forget(service: string, name: string, member: string, film: Film): () => void {
      let isOver = false;
      wrap(service, name, async (_, pass) => {
        const answer = await pass();
        if (isOver) return answer;
        const kept = answer[member].filter((one: Input) => !concerns(film, one));
        return { ...answer, [member]: kept };
      });
      return () => {
        isOver = true;
      };
    },

    /** Events of these kinds about a film are never sent. */
    lose(film: Film, ...kinds: string[]): void {
      watching.push({ film, take: (event) => kinds.includes(kindOf(event)) });
    },

    /** Events about a film are kept back, all or those of some kinds, until they are released. */
    hold(film: Film, ...kinds: string[]): Held {
      const kept: Event[] = [];
      const watch = {
        film,
        take: (event: Event) => {
          if (kinds.length > 0 && !kinds.includes(kindOf(event))) return false;
          kept.push(event);
          return true;
        },
      };
      watching.push(watch);
      return {
        get kinds() {
          return kept.map(kindOf);
        },
        take: () => kept.splice(0),
        release(order) {
          watching.splice(watching.indexOf(watch), 1);
          for (const event of order ? kept.toReversed() : kept) emit(event);
        },
      };
    },

    /** A message about a film that was not dealt with comes again this soon. */
    hurry(film: Film, seconds = 1): void {
      hurried.push({ film, seconds });
    },

    /** What was announced of a film: each announcement that the topic took. */
    announced: (film: Film): string[] =>
      published.flatMap(({ videoId, dedupeId }) => (videoId === film.videoId ? [dedupeId] : [])),
  };
}

/** A job's status, or what S3 calls it. */
function kindOf(event: Event): string {
  return String(event.detail.status ?? event["detail-type"]);
}

function concerns(film: Film, said: unknown): boolean {
  const text = typeof said === "string" ? said : JSON.stringify(said);
  return text.includes(film.videoId) || text.includes(film.key);
}
