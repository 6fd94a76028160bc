import { NotPretended } from "../kernel/refusal.ts";
import type { CachePolicyInputs, ForwardInputs, Part } from "./parts.ts";

/** What of a viewer's request a server behind the edge gets to see, by name. */
export interface Forward {
  header(name: string): boolean;
  cookie(name: string): boolean;
  parameter(name: string): boolean;
}

/**
 * Joins what the cache policy and the origin request policy let through.
 *
 * @throws NotPretended naming a policy's setting that this edge does not do
 */
export function readForward(
  name: string,
  cache: Part | undefined,
  request: Part | undefined,
): Forward {
  const { parametersInCacheKeyAndForwardedToOrigin: key } = (cache?.inputs ??
    {}) as CachePolicyInputs;
  const policies = [key ?? {}, (request?.inputs ?? {}) as ForwardInputs];
  const headers = policies.map(({ headersConfig: config }) => {
    const items = config?.headers?.items ?? [];
    const own = items.find((item) => item.toLowerCase().startsWith("cloudfront-"));
    const behavior = config?.headerBehavior ?? "none";
    if (own !== undefined || behavior === "allViewerAndWhitelistCloudFront") {
      throw new NotPretended({
        service: "cdn",
        action: `${name} ${own ?? "CloudFront-* headers"}`,
      });
    }
    return chooser(behavior === "allViewer" ? "all" : behavior, items, true);
  });
  const cookies = policies.map(({ cookiesConfig: config }) =>
    chooser(config?.cookieBehavior, config?.cookies?.items ?? [], false),
  );
  const parameters = policies.map(({ queryStringsConfig: config }) =>
    chooser(config?.queryStringBehavior, config?.queryStrings?.items ?? [], false),
  );
  return { header: either(headers), cookie: either(cookies), parameter: either(parameters) };
}

/** AWS's own policies, which no graph holds. Source: CloudFront, managed policies. */
export const managed: { cachePolicies: Part[]; originRequestPolicies: Part[] } = {
  cachePolicies: [
    {
      id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", // CachingDisabled
      inputs: { parametersInCacheKeyAndForwardedToOrigin: {} },
    },
  ],
  originRequestPolicies: [
    {
      id: "b689b0a8-53d0-40ab-baf2-68738e2966ac", // AllViewerExceptHostHeader
      inputs: {
        headersConfig: { headerBehavior: "allExcept", headers: { items: ["Host"] } },
        cookiesConfig: { cookieBehavior: "all" },
        queryStringsConfig: { queryStringBehavior: "all" },
      },
    },
  ],
};

type Chooser = (name: string) => boolean;

function chooser(behavior = "none", items: readonly string[], isCaseless: boolean): Chooser {
  const fold = (name: string) => (isCaseless ? name.toLowerCase() : name);
  const listed = new Set(items.map(fold));
  if (behavior === "all") return () => true;
  if (behavior === "allExcept") return (name) => !listed.has(fold(name));
  if (behavior === "whitelist") return (name) => listed.has(fold(name));
  return () => false;
}

const either =
  (choosers: readonly Chooser[]): Chooser =>
  (name) =>
    choosers.some((chooses) => chooses(name));
