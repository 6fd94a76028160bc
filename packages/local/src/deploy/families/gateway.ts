import type { ApiParts, Part } from "../../gateway/parts.ts";
import type { Family, Site } from "../family.ts";
import type { Resource } from "../graph.ts";

/** What the deploy needs of the gateway. */
export interface GatewayMaker {
  define(parts: ApiParts): void | Promise<void>;
}

/** An API is defined with everything that belongs to it. One machine has one. */
export function api(gateway: GatewayMaker | undefined): Family {
  return {
    async deploy(resource, site) {
      if (site.every(resource.type).length > 1) {
        throw new Error("the laptop has one gateway, and the graph more than one API");
      }
      if (!gateway) throw new Error("the gateway was not opened");
      const id = idOf(resource);
      await gateway.define({
        api: part(resource),
        stages: parts("Stage", "stage", id, site),
        routes: parts("Route", "route", id, site),
        integrations: parts("Integration", "integration", id, site),
        authorizers: parts("Authorizer", "authorizer", id, site),
      });
    },
  };
}

/** Read together with their API. */
export const ofApi: Family = { deploy: () => undefined };

function parts(type: string, file: string, apiId: string, site: Site): Part[] {
  return site.every(`aws:apigatewayv2/${file}:${type}`).map((resource) => {
    if (resource.inputs.apiId === apiId) return part(resource);
    throw new Error(`${resource.name} is of the API ${resource.inputs.apiId}, which is not here`);
  });
}

const part = (resource: Resource): Part => ({ id: idOf(resource), inputs: resource.inputs });

const idOf = ({ id, name }: Resource): string => id ?? name;
