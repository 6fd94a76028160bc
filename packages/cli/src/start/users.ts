import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  UserNotFoundException,
  UsernameExistsException,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Endpoints, User } from "@rushes/local";
import { writePrivate } from "@rushes/local/kernel/private-file";

type Place = Pick<Endpoints, "aws" | "region" | "credentials" | "userPoolId">;

/**
 * Makes somebody of each group, as an operator would on AWS. Their passwords are made once for a
 * data folder and kept there, readable by its owner alone; who is there already is left alone.
 *
 * @returns nobody when the accounts are not ours: then there is no user pool
 */
export async function seedUsers(place: Place, dataDir: string): Promise<User[]> {
  const { userPoolId: UserPoolId } = place;
  if (UserPoolId === undefined) return [];
  const file = join(dataDir, "users.json");
  const known = kept(file);
  const users = known ?? invented(file);
  const cognito = new CognitoIdentityProviderClient({
    endpoint: place.aws,
    region: place.region,
    credentials: place.credentials,
  });
  try {
    await Promise.all(
      users.map(async (user) => {
        const isThere = known !== undefined && (await isMade(cognito, UserPoolId, user));
        if (!isThere) await make(cognito, UserPoolId, user);
      }),
    );
  } finally {
    cognito.destroy();
  }
  return users;
}

/** The password comes last: who has one was finished. */
async function isMade(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  { email }: User,
): Promise<boolean> {
  try {
    const found = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username: email }));
    return found.UserStatus === "CONFIRMED";
  } catch (error) {
    if (error instanceof UserNotFoundException) return false;
    throw error;
  }
}

async function make(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  { email, password, group }: User,
): Promise<void> {
  const Username = email;
  try {
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username,
        MessageAction: "SUPPRESS",
        UserAttributes: [
          { Name: "email", Value: email },
          { Name: "email_verified", Value: "true" },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
  }
  await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: group }));
  await cognito.send(
    new AdminSetUserPasswordCommand({
      UserPoolId,
      Username,
      Password: password,
      Permanent: true,
    }),
  );
}

function kept(file: string): User[] | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as User[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function invented(file: string): User[] {
  const users = GROUPS.map((group) => ({
    email: `${group}@rushes.example`,
    password: invent(),
    group,
  }));
  writePrivate(file, `${JSON.stringify(users, null, 2)}\n`);
  return users;
}

/** Three words of letters and digits that nobody mixes up: capitals, small letters and digits. */
function invent(): string {
  const word = (letters: string) =>
    Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join("");
  return [word("ABCDEFGHJKMNPQRSTUVWXYZ"), word("abcdefghjkmnpqrstuvwxyz"), word("23456789")].join(
    "-",
  );
}

const GROUPS = ["admin", "editor", "viewer"];
