import { Refusal } from "../kernel/refusal.ts";

/** Lets so many public calls of a kind through in a second, and says no to the rest. */
export function openRates(nowMs: () => number = () => performance.now()) {
  const buckets = new Map<Kind, { left: number; atMs: number }>();
  return (operation: string): void => {
    const kind = KINDS[operation] ?? "UserRead";
    const most = PER_SECOND[kind];
    const now = nowMs();
    const bucket = buckets.get(kind) ?? { left: most, atMs: now };
    const left = Math.min(most, bucket.left + ((now - bucket.atMs) / 1000) * most);
    if (left < 1) throw new Refusal("TooManyRequestsException", "Rate exceeded");
    buckets.set(kind, { left: left - 1, atMs: now });
  };
}

type Kind = keyof typeof PER_SECOND;

// Source: Amazon Cognito developer guide, quotas for API request rates.
const PER_SECOND = {
  UserAuthentication: 120,
  UserCreation: 50,
  UserAccountRecovery: 30,
  UserRead: 120,
  UserUpdate: 25,
  UserToken: 120,
} as const;

const KINDS: Readonly<Record<string, Kind>> = {
  InitiateAuth: "UserAuthentication",
  RespondToAuthChallenge: "UserAuthentication",
  SignUp: "UserCreation",
  ConfirmSignUp: "UserCreation",
  ResendConfirmationCode: "UserAccountRecovery",
  ForgotPassword: "UserAccountRecovery",
  ConfirmForgotPassword: "UserAccountRecovery",
  ChangePassword: "UserUpdate",
  UpdateUserAttributes: "UserUpdate",
  VerifyUserAttribute: "UserUpdate",
  GetUserAttributeVerificationCode: "UserUpdate",
  DeleteUser: "UserUpdate",
  GlobalSignOut: "UserToken",
  RevokeToken: "UserToken",
  GetTokensFromRefreshToken: "UserToken",
};
