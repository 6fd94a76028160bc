/** Where a request may come from: a name of this machine, and no page of somebody else's. */
export interface Guard {
  /**
   * @returns the bucket of a virtual-host address (`films.localhost`), or "" for a plain one;
   * undefined when the Host is not ours (a name that was pointed at this machine from outside)
   */
  bucketOf(host: string | undefined): string | undefined;
  /** Whether a browser page of another origin is asking. */
  isForeign(origin: string | undefined): boolean;
  /** Whether it is no page that asks, or one that this machine serves itself, on whatever port. */
  isNear(origin: string | undefined): boolean;
}

export function guardOf(port: number): Guard {
  return {
    bucketOf(host) {
      const found = HOST.exec(host?.toLowerCase() ?? "");
      if (!found || Number(found[3] ?? 80) !== port) return undefined;
      return found[2] ?? "";
    },
    isForeign(origin) {
      if (origin === undefined) return false;
      const found = /^http:\/\/(.+)$/.exec(origin.toLowerCase());
      return !found?.[1] || this.bucketOf(found[1]) === undefined;
    },
    isNear: (origin) => origin === undefined || NEAR.test(origin.toLowerCase()),
  };
}

const HOST =
  /^(127\.0\.0\.1|\[::1\]|(?:([a-z0-9][a-z0-9.-]*?)\.)?(?:s3\.)?localhost)(?::(\d{1,5}))?$/;

const NEAR = /^https?:\/\/(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9-]+\.)*localhost)(?::\d{1,5})?$/;
