import type { Part, Parts } from "../../cdn/parts.ts";
import type { Family, Site } from "../family.ts";
import type { Resource } from "../graph.ts";

/** What the deploy needs of the edge: CloudFront's own API wants minutes, this one is at once. */
export interface EdgeMaker {
  define(parts: Parts): void | Promise<void>;
}

/** A distribution is defined with everything it refers to. One machine has one edge. */
export function distribution(edge: EdgeMaker): Family {
  return {
    async deploy(resource, site) {
      if (site.every(resource.type).length > 1) {
        throw new Error("the laptop has one edge, and the graph more than one distribution");
      }
      await edge.define({
        distribution: part(resource),
        publicKeys: parts("PublicKey", "publicKey", site),
        keyGroups: parts("KeyGroup", "keyGroup", site),
        cachePolicies: parts("CachePolicy", "cachePolicy", site),
        originRequestPolicies: parts("OriginRequestPolicy", "originRequestPolicy", site),
        responseHeadersPolicies: parts("ResponseHeadersPolicy", "responseHeadersPolicy", site),
        originAccessControls: parts("OriginAccessControl", "originAccessControl", site),
      });
    },
  };
}

const parts = (type: string, file: string, site: Site): Part[] =>
  site.every(`aws:cloudfront/${file}:${type}`).map(part);

const part = ({ id, arn, name, inputs }: Resource): Part => ({
  id: id ?? name,
  ...(arn ? { arn } : {}),
  inputs,
});
