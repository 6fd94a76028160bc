import { sourceLimits } from "../source/limits.ts";

interface ProblemKind {
  /** What the API answers when a request meets it. */
  httpStatus: number;
  /** Whether the same thing, tried again unchanged, may succeed. */
  retry: boolean;
  /** One sentence for the person who can do something about it. */
  help: string;
}

/** Every error that has a name of ours. docs/errors.md is made from this table. */
export const problems = {
  // the film's source
  SourceEmpty: { httpStatus: 422, retry: false, help: "The file has no bytes: upload it again." },
  SourceTooLarge: {
    httpStatus: 413,
    retry: false,
    help: "The file is larger than this stage allows: send a smaller one or raise the limit.",
  },
  SourceMissing: {
    httpStatus: 422,
    retry: false,
    help: "The file was gone before it could be read: upload it again.",
  },
  SourceNotMedia: {
    httpStatus: 422,
    retry: false,
    help: "The file is neither video nor audio, whatever its name says: export it again.",
  },
  SourceIsPlaylist: {
    httpStatus: 422,
    retry: false,
    help: "The file only points at other files: upload the film itself.",
  },
  SourceIndexMissing: {
    httpStatus: 422,
    retry: false,
    help: "The MP4 has no index, so its recording or copy was cut off: export or copy it again.",
  },
  SourceEncrypted: {
    httpStatus: 422,
    retry: false,
    help: "The film is encrypted: upload it without copy protection.",
  },
  SourceUnreadable: {
    httpStatus: 422,
    retry: false,
    help: "The encoder cannot open the file: play it on your machine, and export it again.",
  },
  SourceUnsupported: {
    httpStatus: 422,
    retry: false,
    help: "The encoder does not know this format: export as H.264 in MP4.",
  },
  SourceCorrupt: {
    httpStatus: 422,
    retry: false,
    help: "The file is broken inside: copy or export it again.",
  },
  SourceTruncated: {
    httpStatus: 422,
    retry: false,
    help: "More than half of the film is missing from the file: copy it again.",
  },
  SourceWithoutMedia: {
    httpStatus: 422,
    retry: false,
    help: "The file has neither a video nor an audio track.",
  },
  SourceWithoutAudio: {
    httpStatus: 422,
    retry: false,
    help: "No sound could be decoded: export with an AAC track.",
  },
  SourceTooManyPixels: {
    httpStatus: 422,
    retry: false,
    help: "The picture is larger than 8K: export a smaller one.",
  },
  SourceTooSmall: {
    httpStatus: 422,
    retry: false,
    help: `The picture is under ${sourceLimits.leastPx} pixels wide or high: export a larger one.`,
  },
  SourceTooManyTracks: {
    httpStatus: 422,
    retry: false,
    help: `The file has more than ${sourceLimits.tracks} tracks: export only those you need.`,
  },
  SourceTooLong: {
    httpStatus: 422,
    retry: false,
    help: `The film is longer than ${sourceLimits.seconds / 3600} hours: cut it in parts.`,
  },
  UploadExpired: {
    httpStatus: 410,
    retry: false,
    help: "The upload was not finished in time: begin a new one.",
  },

  // the encoder
  EncoderBusy: {
    httpStatus: 503,
    retry: true,
    help: "The encoder has much to do: wait, the film is tried again by itself.",
  },
  EncoderDenied: {
    httpStatus: 500,
    retry: false,
    help: "The encoder may not read the source or write the outputs: check its role.",
  },
  EncodeRejected: {
    httpStatus: 500,
    retry: false,
    help: "The encoder refused the settings for this film: report it with the film's id.",
  },
  EncodeFailed: {
    httpStatus: 500,
    retry: true,
    help: "The encoder gave up on this film: retry it, and report it when that fails too.",
  },
  EncodeTimedOut: {
    httpStatus: 504,
    retry: true,
    help: "The encoder did not finish in the time this stage allows: retry the film.",
  },
  EncodeCanceled: { httpStatus: 409, retry: true, help: "The job was cancelled: retry the film." },
  EncodeUnsent: {
    httpStatus: 503,
    retry: true,
    help: "The job could not be handed to the encoder: retry the film.",
  },
  EncodeLost: {
    httpStatus: 500,
    retry: true,
    help: "The encoder no longer knows the job: retry the film.",
  },
  OutputMissing: {
    httpStatus: 500,
    retry: true,
    help: "A file is missing though the encoder said that all went well: retry the film.",
  },

  // the workflow
  Duplicate: {
    httpStatus: 409,
    retry: false,
    help: "The film is being made or was made already: there is nothing to do.",
  },
  Superseded: {
    httpStatus: 409,
    retry: false,
    help: "A newer attempt of the film has taken over: look at that one.",
  },
  NotExpected: {
    httpStatus: 404,
    retry: false,
    help: "Nobody opened an upload for this object, so it is ignored: open one first.",
  },
  EventUnreadable: {
    httpStatus: 400,
    retry: false,
    help: "The input is not what is expected here: see the message in the log.",
  },
  MoveForbidden: {
    httpStatus: 409,
    retry: false,
    help: "The film's status does not allow this: one under way must end or be cancelled first, one that is READY can be reprocessed.",
  },
  ProfileUnknown: {
    httpStatus: 400,
    retry: false,
    help: "There is no encoding profile of that name: GET /profiles lists those there are.",
  },
  Unannounced: {
    httpStatus: 500,
    retry: false,
    help: "The film is READY but nobody was told: wait, it is announced by another execution.",
  },
  AnnounceFailed: {
    httpStatus: 500,
    retry: true,
    help: "The film has ended, but nobody could be told: check the topic. It is tried again by itself.",
  },
  StepTimedOut: {
    httpStatus: 504,
    retry: true,
    help: "A step took longer than this stage allows: retry the film.",
  },
  StepFailed: {
    httpStatus: 500,
    retry: true,
    help: "A step of the workflow broke: retry the film; an admin can read its execution.",
  },
  ExecutionDied: {
    httpStatus: 500,
    retry: true,
    help: "The execution was stopped or died: retry the film.",
  },
  ServiceBusy: {
    httpStatus: 503,
    retry: true,
    help: "Something that the API needs is busy: try again in a moment.",
  },
  Unexpected: {
    httpStatus: 500,
    retry: true,
    help: "Something broke that should not: try again, and report it with the id of the film or the request.",
  },

  // requests
  RequestInvalid: {
    httpStatus: 400,
    retry: false,
    help: "The request is not what the API describes: see the fields that are named.",
  },
  RouteUnknown: {
    httpStatus: 404,
    retry: false,
    help: "The API has no such address: see packages/client/openapi.gen.json for those it has.",
  },
  MethodNotAllowed: {
    httpStatus: 405,
    retry: false,
    help: "This address does not take that method: the Allow header names those it takes.",
  },
  BodyTooLarge: {
    httpStatus: 413,
    retry: false,
    help: "The request is too large: films are sent to their upload address, not here.",
  },
  BodyTypeUnknown: {
    httpStatus: 415,
    retry: false,
    help: "The API reads JSON: send the body with the type application/json.",
  },
  SignInNeeded: {
    httpStatus: 401,
    retry: false,
    help: "Nobody is signed in: sign in, and send the access token as Authorization: Bearer.",
  },
  TokenInvalid: {
    httpStatus: 401,
    retry: false,
    help: "The token is expired, edited or not for this API: sign in again and send the access token.",
  },
  Forbidden: {
    httpStatus: 403,
    retry: false,
    help: "Your role does not allow this: ask an admin, or the film's owner.",
  },
  TooManyRequests: {
    httpStatus: 429,
    retry: true,
    help: "Too many requests at once: wait as long as Retry-After says, then go on.",
  },
  CursorInvalid: {
    httpStatus: 400,
    retry: false,
    help: "The cursor belongs to another list, or is none: begin again without it.",
  },
  RevisionOld: {
    httpStatus: 412,
    retry: false,
    help: "The film was changed meanwhile: read it again, then send your change.",
  },
  IdempotencyKeyReused: {
    httpStatus: 422,
    retry: false,
    help: "This Idempotency-Key came with another request before: use a new one.",
  },

  // uploads
  TypeNotAllowed: {
    httpStatus: 415,
    retry: false,
    help: "This stage does not take files of that type: send a video or audio file.",
  },
  UploadNotFound: {
    httpStatus: 404,
    retry: false,
    help: "There is no such upload, or it is not yours: begin a new one.",
  },
  UploadIncomplete: {
    httpStatus: 409,
    retry: false,
    help: "Parts are missing or have another size: ask which have arrived, and send the others.",
  },
  UploadOver: {
    httpStatus: 409,
    retry: false,
    help: "This upload is completed or was given up: begin a new one to replace the source.",
  },
  AddressNotAllowed: {
    httpStatus: 422,
    retry: false,
    help: "This stage does not reach out to that address: use a public https address that it allows.",
  },
  PullFailed: {
    httpStatus: 422,
    retry: true,
    help: "The file could not be fetched from its address: check that it can be reached, and retry.",
  },

  // money
  BudgetExceeded: {
    httpStatus: 402,
    retry: true,
    help: "The owner's budget for this month has no room for the film: have an admin raise it, or wait for the next month.",
  },
  BudgetWaits: {
    httpStatus: 402,
    retry: true,
    help: "The film waits until its owner's budget has room for it: it goes on by itself.",
  },

  // what people did
  Canceled: {
    httpStatus: 409,
    retry: true,
    help: "Somebody cancelled it: retry the film to go on.",
  },
  Deleted: {
    httpStatus: 410,
    retry: false,
    help: "The film is being deleted: upload it anew if it was a mistake.",
  },

  ExecutionNotFound: {
    httpStatus: 404,
    retry: false,
    help: "There is no such execution, or it is too long ago for Step Functions to remember.",
  },

  // webhooks
  WebhookNotFound: {
    httpStatus: 404,
    retry: false,
    help: "There is no such webhook or delivery, or it is not yours.",
  },
  TooManyWebhooks: {
    httpStatus: 409,
    retry: false,
    help: "You have as many webhooks as this stage allows: delete one first.",
  },

  // playback
  VideoNotFound: {
    httpStatus: 404,
    retry: false,
    help: "There is no such film, or it is not yours.",
  },
  NotPublished: {
    httpStatus: 409,
    retry: false,
    help: "There is nothing to watch yet: wait until the film is READY.",
  },
  GrantInvalid: {
    httpStatus: 403,
    retry: false,
    help: "The grant is over, edited or for another film: ask for a new one.",
  },
  PlaylistNotFound: {
    httpStatus: 404,
    retry: false,
    help: "The film has no playlist of that name: take the addresses that a grant names.",
  },
  GrantForbidden: {
    httpStatus: 500,
    retry: false,
    help: "The address to be signed is not below one film's folder: report it.",
  },
} as const satisfies Record<string, ProblemKind>;
