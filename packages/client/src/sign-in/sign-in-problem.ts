/** Why somebody is not let in, and what they can do about it. */
export type SignInCode = keyof typeof helps;

/** Thrown by everything about accounts. The message is for people, the code for programs. */
export class SignInProblem extends Error {
  override readonly name = "SignInProblem";
  readonly code: SignInCode;
  /** what the user pool said, for those who look closer */
  readonly detail: string | undefined;

  constructor(code: SignInCode, detail?: string, options?: ErrorOptions) {
    super(helps[code], options);
    this.code = code;
    this.detail = detail;
  }
}

/** What a refusal of the user pool means to the person before the screen. */
export function meaning(type: string, message: string): SignInCode {
  if (type === "NotAuthorizedException" && /revoked|expired|refresh token/i.test(message)) {
    return "SignedOut";
  }
  return meanings[type] ?? "Refused";
}

const helps = {
  ApiUnknown: "The address is no API of Rushes: look at it again; it ends in /api.",
  OwnIssuer: "People of this stage sign in elsewhere: take an access token from there.",
  SignInNeeded: "Nobody is signed in here: sign in first.",
  SignedOut: "You were signed out, here or elsewhere: sign in again.",
  PasswordWrong: "The address or the password is wrong.",
  NotConfirmed: "The account is not confirmed: enter the code that was sent, or ask for another.",
  NewPasswordNeeded: "The password was given by an admin: choose one of your own.",
  PasswordResetNeeded: "The password must be set anew: ask for a code.",
  PasswordRefused: "The password is not strong enough: choose a longer or a more varied one.",
  EmailTaken: "There is an account with this address already: sign in, or reset its password.",
  CodeWrong: "The code is wrong: look at the newest message.",
  CodeExpired: "The code has expired: ask for another.",
  CodeNotSent: "The code could not be sent to this address: check it.",
  TooManyTries: "That was tried too often: wait, then try again.",
  ChallengeUnknown: "The user pool asks for something this client cannot answer, such as MFA.",
  Refused: "The user pool refused this.",
} as const;

const meanings: Readonly<Record<string, SignInCode>> = {
  NotAuthorizedException: "PasswordWrong",
  UserNotFoundException: "PasswordWrong",
  UserNotConfirmedException: "NotConfirmed",
  PasswordResetRequiredException: "PasswordResetNeeded",
  InvalidPasswordException: "PasswordRefused",
  UsernameExistsException: "EmailTaken",
  AliasExistsException: "EmailTaken",
  CodeMismatchException: "CodeWrong",
  ExpiredCodeException: "CodeExpired",
  CodeDeliveryFailureException: "CodeNotSent",
  LimitExceededException: "TooManyTries",
  TooManyRequestsException: "TooManyTries",
  TooManyFailedAttemptsException: "TooManyTries",
};
