export * as Idempotency from "./idempotency.ts";
