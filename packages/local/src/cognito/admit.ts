import { randomBytes } from "node:crypto";
import type { InitiateAuthResponse } from "@aws-sdk/client-cognito-identity-provider";
import { Refusal } from "../kernel/refusal.ts";
import { attributeSchema } from "./attributes.ts";
import { ask } from "./challenges.ts";
import type { Door } from "./door.ts";
import { notAuthorized } from "./read.ts";
import type { Room } from "./room.ts";
import { beginSession } from "./sessions.ts";
import type { UserRow } from "./tables.ts";
import { attributesOf } from "./users.ts";

/** Lets somebody in whose password was right: with tokens, or with a question. */
export async function admit(room: Room, door: Door, user: UserRow): Promise<InitiateAuthResponse> {
  if (!user.enabled) throw notAuthorized("User is disabled.");
  switch (user.status) {
    case "UNCONFIRMED":
      throw new Refusal("UserNotConfirmedException", "User is not confirmed.");
    case "RESET_REQUIRED":
      throw new Refusal("PasswordResetRequiredException", "Password reset required for the user");
    case "FORCE_CHANGE_PASSWORD":
      return askForPassword(room, door, user);
    case "CONFIRMED":
      return {
        ChallengeParameters: {},
        AuthenticationResult: await beginSession(room, { ...door, user }),
      };
  }
}

function askForPassword(room: Room, { pool, client }: Door, user: UserRow): InitiateAuthResponse {
  if (user.temporary_until_ms !== null && user.temporary_until_ms <= room.cloud.now()) {
    throw notAuthorized("Temporary password has expired and must be reset by an administrator.");
  }
  const Session = randomBytes(96).toString("base64url");
  ask(room, client, Session, { kind: "NEW_PASSWORD_REQUIRED", sub: user.sub, state: {} });
  const attributes = attributesOf(user);
  const lacking = attributeSchema(pool.settings.SchemaAttributes).flatMap(({ Name, Required }) =>
    Name && Required && Name !== "sub" && !attributes[Name] ? [`userAttributes.${Name}`] : [],
  );
  return {
    ChallengeName: "NEW_PASSWORD_REQUIRED",
    Session,
    ChallengeParameters: {
      USER_ID_FOR_SRP: user.username,
      requiredAttributes: JSON.stringify(lacking),
      userAttributes: JSON.stringify(attributes),
    },
  };
}
