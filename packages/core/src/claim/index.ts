export * as Claim from "./claim.ts";
