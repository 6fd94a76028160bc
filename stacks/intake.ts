import { neighbours } from "./origins.ts";

/**
 * What starts a film. This is the one place that says it: the rule on the source bucket, the
 * permissions on it and the handlers (`Resource.Intake`) all read it here.
 */
const GiB = 1024 ** 3;

export const intake = {
  /** `uploads/<videoId>/<uploadId>/source`: what the API opened. Write-once. */
  uploadsPrefix: "uploads/",
  /** `inbox/<any name>`: what an operator drops. */
  inboxPrefix: "inbox/",
  /** Endings of inbox names that start a film, such as `.mp4`. None given: every name does. */
  inboxSuffixes: [] as string[],
  /**
   * Sizes that start a film; another size is ignored without a word. Absent: every size starts
   * one, and Validate refuses with a problem that the sender can read, which is kinder.
   */
  startBytes: undefined as { least: number; most: number } | undefined,
  /** Largest source that Validate accepts. */
  maxBytes: 200 * GiB,
  /** Types that an upload may say it is; `video/*` is every one of its kind. */
  types: ["video/*", "audio/*", "application/mxf"],
  /** From where a film may be fetched, instead of being sent. */
  pull: {
    schemes: neighbours.length > 0 ? ["https", "http"] : ["https"],
    /** `*` is every host, `*.example.org` those below it */
    hosts: ["*"],
    maxBytes: 5 * GiB,
    privateHosts: neighbours,
  },
};

/** The `detail.object` part of the pattern of the rule that starts films. */
export function startingObjects() {
  const { uploadsPrefix, inboxPrefix, inboxSuffixes, startBytes } = intake;
  // a wildcard knows upper from lower case
  const endings = inboxSuffixes.flatMap((suffix) => [
    ...new Set([suffix.toLowerCase(), suffix.toUpperCase()]),
  ]);
  return {
    key: [
      { prefix: uploadsPrefix },
      ...(endings.length === 0
        ? [{ prefix: inboxPrefix }]
        : endings.map((ending) => ({ wildcard: `${inboxPrefix}*${ending}` }))),
    ],
    ...(startBytes && {
      size: [{ numeric: [">=", startBytes.least, "<=", comparable(startBytes)] }],
    }),
  };
}

/** EventBridge compares numbers up to this one and matches no larger. Source: its user guide. */
const MOST_COMPARABLE = 5_000_000_000;

function comparable({ most }: { most: number }): number {
  if (most > MOST_COMPARABLE) {
    throw new Error(
      `stacks/intake.ts: a rule cannot compare sizes above ${MOST_COMPARABLE} bytes, ` +
        `so startBytes.most of ${most} would lose every larger film; leave startBytes out and lower maxBytes`,
    );
  }
  return most;
}

export const intakeLink = new sst.Linkable("Intake", {
  properties: {
    uploadsPrefix: intake.uploadsPrefix,
    inboxPrefix: intake.inboxPrefix,
    maxBytes: intake.maxBytes,
    types: intake.types,
    pull: intake.pull,
  },
});
