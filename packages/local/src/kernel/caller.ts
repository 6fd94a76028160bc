/** One statement's worth of permission. `context` feeds policy conditions. */
export interface Need {
  /** such as `s3:GetObject` */
  action: string;
  /** the ARN acted on, or `*` where the service knows no resources */
  resource: string;
  /** condition keys, such as `{ "aws:SourceArn": "...", "s3:if-none-match": "*" }` */
  context?: Record<string, string | string[]>;
  /** the resource's own policy (bucket, queue, topic, function), as a policy document */
  policy?: PolicyDocument | undefined;
}

export interface PolicyDocument {
  Version?: string;
  Statement: Statement | Statement[];
}

export interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: "*" | Record<string, string | string[]>;
  NotPrincipal?: "*" | Record<string, string | string[]>;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[] | boolean | number>>;
}

/** Who is asking. Every call has one, from outside and from inside the cloud alike. */
export interface Caller {
  /** `arn:aws:iam::...:root`, `arn:aws:sts::...:assumed-role/NAME/SESSION`, a service principal, or `anonymous` */
  readonly arn: string;
  readonly accountId: string;
  /**
   * Identity policies and the resource's policy, weighed as IAM does: an explicit Deny wins,
   * then any Allow, else no.
   *
   * @throws Refusal `AccessDenied` (403) with a sentence that names caller, action and resource
   */
  check(need: Need): void;
}

/** Makes callers. Roles come from the graph; keys are derived per data folder. */
export interface Iam {
  /** The operator whose keys are in endpoints.json: may everything that no policy denies. */
  readonly operator: Caller;
  readonly anonymous: Caller;
  /**
   * What a service does when it acts under a role (a state machine, a function, MediaConvert).
   *
   * @throws Refusal `AccessDenied` when the role is missing or does not trust `service`
   */
  assume(roleArn: string, service: string, context?: Record<string, string>): Caller;
  /** A service acting as itself (EventBridge to SQS, CloudFront to S3): only resource policies count. */
  service(principal: string, context?: Record<string, string>): Caller;
  /** Keys for a function's environment. The same role and session give the same keys. */
  keysFor(roleArn: string, session: string): Keys;
  /** The keys of the operator, for endpoints.json. */
  readonly operatorKeys: Keys;
  /**
   * Looks up who signs with a key id; undefined when nobody does. A session token tells it about
   * role keys that were made before a restart.
   */
  signer(
    accessKeyId: string,
    token?: string,
  ): { secretAccessKey: string; sessionToken?: string; caller: Caller } | undefined;
  /** Takes a role from the graph, or takes its new form. */
  defineRole(role: Role): void;
  /**
   * Keys of a role until a moment, as STS gives them to another principal.
   *
   * @throws Refusal `AccessDenied` when the role does not trust the caller or the caller may not
   */
  assumeAs(caller: Caller, roleArn: string, session: string, expiresAtMs: number): Keys;
  /** A secret for a service's own use, 32 bytes, the same after every restart of a data folder. */
  secretFor(purpose: string): Buffer;
}

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Role {
  name: string;
  arn: string;
  trust: PolicyDocument;
  policies: PolicyDocument[];
}
