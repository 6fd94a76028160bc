import { ensure, type Family, given, optionalText, pascal, text } from "../family.ts";

export const stateMachine: Family = {
  async deploy({ inputs }, { call, cloud }) {
    const name = text(inputs, "name");
    const common = given({
      definition: text(inputs, "definition"),
      roleArn: text(inputs, "roleArn"),
      loggingConfiguration: inputs.loggingConfiguration,
      tracingConfiguration: inputs.tracingConfiguration,
    });
    const stateMachineArn = `arn:aws:states:${cloud.region}:${cloud.accountId}:stateMachine:${name}`;
    await ensure(
      ["StateMachineAlreadyExists"],
      () =>
        call("states", "CreateStateMachine", {
          name,
          type: optionalText(inputs, "type") ?? "STANDARD",
          ...common,
        }),
      () => call("states", "UpdateStateMachine", { stateMachineArn, ...common }),
    );
  },
};

export const secret: Family = {
  async deploy({ inputs }, { call }) {
    await ensure(
      ["ResourceExistsException"],
      () =>
        call(
          "secretsmanager",
          "CreateSecret",
          given({
            Name: text(inputs, "name"),
            Description: optionalText(inputs, "description"),
          }),
        ),
      () => undefined,
    );
  },
};

/** A version is added only when the value is another: a restart is not a rotation. */
export const secretVersion: Family = {
  async deploy({ inputs }, { call }) {
    const SecretId = text(inputs, "secretId");
    const SecretString = text(inputs, "secretString");
    const now = await call<{ SecretString?: string }>("secretsmanager", "GetSecretValue", {
      SecretId,
    }).catch(() => undefined);
    if (now?.SecretString === SecretString) return;
    await call("secretsmanager", "PutSecretValue", { SecretId, SecretString });
  },
};

export const encoderQueue: Family = {
  async deploy({ inputs }, { call }) {
    const Name = text(inputs, "name");
    const settings = given({
      Description: optionalText(inputs, "description"),
      ConcurrentJobs: inputs.concurrentJobs,
      Status: optionalText(inputs, "status"),
    });
    await ensure(
      ["ConflictException"],
      () => call("mediaconvert", "CreateQueue", { Name, ...pascal(settings) }),
      () => call("mediaconvert", "UpdateQueue", { Name, ...pascal(settings) }),
    );
  },
};
