export * as Webhook from "./webhook.ts";
