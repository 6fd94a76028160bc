/** One resource of the graph: its id and its inputs, as Pulumi's AWS provider takes them. */
export interface Part {
  id: string;
  arn?: string;
  inputs: Record<string, unknown>;
}

/** Everything a distribution is made of. */
export interface Parts {
  distribution: Part;
  keyGroups: Part[];
  publicKeys: Part[];
  cachePolicies: Part[];
  responseHeadersPolicies: Part[];
  originAccessControls: Part[];
  originRequestPolicies?: Part[];
}

/** The members of `aws.cloudfront.Distribution` that are read. */
export interface DistributionInputs {
  enabled?: boolean;
  aliases?: string[];
  defaultRootObject?: string;
  defaultCacheBehavior: BehaviorInputs;
  orderedCacheBehaviors?: BehaviorInputs[];
  origins: OriginInputs[];
  originGroups?: unknown[];
  customErrorResponses?: Array<{
    errorCode: number;
    responseCode?: number;
    responsePagePath?: string;
  }>;
  restrictions?: { geoRestriction?: { restrictionType?: string } };
}

export interface BehaviorInputs {
  pathPattern?: string;
  targetOriginId: string;
  allowedMethods: string[];
  compress?: boolean;
  cachePolicyId?: string;
  originRequestPolicyId?: string;
  responseHeadersPolicyId?: string;
  trustedKeyGroups?: string[];
  trustedSigners?: unknown[];
  functionAssociations?: unknown[];
  lambdaFunctionAssociations?: unknown[];
  fieldLevelEncryptionId?: string;
  forwardedValues?: unknown;
}

export interface OriginInputs {
  originId: string;
  domainName: string;
  originPath?: string;
  originAccessControlId?: string;
  customOriginConfig?: { originReadTimeout?: number };
  customHeaders?: Array<{ name: string; value: string }>;
  s3OriginConfig?: { originAccessIdentity?: string };
  vpcOriginConfig?: unknown;
}

export interface CachePolicyInputs {
  parametersInCacheKeyAndForwardedToOrigin?: ForwardInputs & {
    enableAcceptEncodingBrotli?: boolean;
    enableAcceptEncodingGzip?: boolean;
  };
}

/** What a policy hands on to the origin; all there is to `aws.cloudfront.OriginRequestPolicy`. */
export interface ForwardInputs {
  cookiesConfig?: { cookieBehavior?: string; cookies?: Items };
  headersConfig?: { headerBehavior?: string; headers?: Items };
  queryStringsConfig?: { queryStringBehavior?: string; queryStrings?: Items };
}

interface Items {
  items?: string[];
}

/** `aws.cloudfront.ResponseHeadersPolicy`. */
export interface HeadersPolicyInputs {
  corsConfig?: {
    accessControlAllowCredentials?: boolean;
    accessControlAllowHeaders?: Items;
    accessControlAllowMethods?: Items;
    accessControlAllowOrigins?: Items;
    accessControlExposeHeaders?: Items;
    accessControlMaxAgeSec?: number;
    originOverride?: boolean;
  };
  customHeadersConfig?: { items?: Array<{ header: string; value: string; override?: boolean }> };
  removeHeadersConfig?: { items?: Array<{ header: string }> };
  securityHeadersConfig?: {
    contentSecurityPolicy?: { contentSecurityPolicy: string; override?: boolean };
    contentTypeOptions?: { override?: boolean };
    frameOptions?: { frameOption: string; override?: boolean };
    referrerPolicy?: { referrerPolicy: string; override?: boolean };
    strictTransportSecurity?: {
      accessControlMaxAgeSec: number;
      includeSubdomains?: boolean;
      preload?: boolean;
      override?: boolean;
    };
    xssProtection?: {
      protection: boolean;
      modeBlock?: boolean;
      reportUri?: string;
      override?: boolean;
    };
  };
  serverTimingHeadersConfig?: { enabled?: boolean };
}
