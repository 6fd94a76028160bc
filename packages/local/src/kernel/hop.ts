/** Headers that are for the next hop alone: who passes a message on leaves them out. Source: RFC 9110, 7.6.1. */
export const ONE_HOP: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
