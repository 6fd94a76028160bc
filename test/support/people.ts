import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Place } from "@rushes/cli/operator";
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import { decodeJwt } from "jose";
import type { TestLaptop } from "./laptop.ts";

/** Somebody who has signed in. */
export interface Person {
  sub: string;
  access: string;
  id: string;
  refresh: string;
}

/** Signs somebody in as a browser would: the password is proved, not sent. */
export async function signIn(
  { laptop }: { laptop: { endpoints: Pick<Place, "aws" | "userPoolId" | "clientId"> } },
  { email, password }: { email: string; password: string },
): Promise<Person> {
  const { aws, userPoolId = "", clientId = "" } = laptop.endpoints;
  const pool = new CognitoUserPool({
    UserPoolId: userPoolId,
    ClientId: clientId,
    endpoint: aws,
    Storage: shelf(),
  });
  const user = new CognitoUser({ Username: email, Pool: pool, Storage: shelf() });
  const session = await new Promise<CognitoUserSession>((onSuccess, onFailure) =>
    user.authenticateUser(new AuthenticationDetails({ Username: email, Password: password }), {
      onSuccess,
      onFailure,
    }),
  );
  const access = session.getAccessToken().getJwtToken();
  return {
    sub: String(decodeJwt(access).sub),
    access,
    id: session.getIdToken().getJwtToken(),
    refresh: session.getRefreshToken().getToken(),
  };
}

/** Makes somebody of a group, or of none, beside those that every laptop has. */
export async function newcomer(
  { laptop, config }: TestLaptop,
  { email, group }: { email: string; group?: string },
): Promise<{ email: string; password: string }> {
  const { userPoolId: UserPoolId } = laptop.endpoints;
  const cognito = new CognitoIdentityProviderClient(config);
  const password = "Correct-horse-1";
  const who = { UserPoolId, Username: email };
  const UserAttributes = [
    { Name: "email", Value: email },
    { Name: "email_verified", Value: "true" },
  ];
  const quietly = { MessageAction: "SUPPRESS" } as const;
  await cognito.send(new AdminCreateUserCommand({ ...who, ...quietly, UserAttributes }));
  await cognito.send(
    new AdminSetUserPasswordCommand({ ...who, Password: password, Permanent: true }),
  );
  if (group) await cognito.send(new AdminAddUserToGroupCommand({ ...who, GroupName: group }));
  cognito.destroy();
  return { email, password };
}

/** Tokens that somebody was given hours ago: they are real, and over. */
export async function ofHoursAgo(
  { laptop, config }: TestLaptop,
  { refresh, sub }: Person,
  hours: number,
): Promise<Person> {
  const { cloud, endpoints } = laptop;
  const { now } = cloud;
  const cognito = new CognitoIdentityProviderClient(config);
  cloud.now = () => now() - hours * 3_600_000;
  try {
    const { AuthenticationResult: given = {} } = await cognito.send(
      new InitiateAuthCommand({
        ClientId: endpoints.clientId,
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: refresh },
      }),
    );
    return { sub, refresh, access: given.AccessToken ?? "", id: given.IdToken ?? "" };
  } finally {
    cloud.now = now;
    cognito.destroy();
  }
}

/** A browser's storage for one sign-in: none is left to the next. */
function shelf() {
  const kept = new Map<string, string>();
  return {
    setItem: (name: string, value: string) => void kept.set(name, value),
    getItem: (name: string) => kept.get(name) ?? null,
    removeItem: (name: string) => void kept.delete(name),
    clear: () => kept.clear(),
  };
}
