/**
 * MediaConvert's events, one for each status. Source: AWS Elemental MediaConvert user guide,
 * "Reference for MediaConvert event messages", read November 2026; ids and names are ours.
 */
export const envelope = {
  version: "0",
  id: "e90a5d42-4c6f-4f1b-9c0d-52b7d7e41f04",
  "detail-type": "MediaConvert Job State Change",
  source: "aws.mediaconvert",
  account: "000000000000",
  time: "2030-01-02T10:06:52Z",
  region: "us-east-1",
  // the account field of a job's ARN may be empty in events
  resources: ["arn:aws:mediaconvert:us-east-1::jobs/1767348123456-q7m2xa"],
};

const common = {
  timestamp: 1_893_578_812_345,
  accountId: "000000000000",
  queue: "arn:aws:mediaconvert:us-east-1:000000000000:queues/films",
  jobId: "1767348123456-q7m2xa",
  userMetadata: {
    app: "rushes",
    stage: "test",
    videoId: "vid_01BX5ZZKBKACTAV9WEVGEMMVRZ",
    attempt: "1",
  },
};

export const details = {
  PROGRESSING: { ...common, status: "PROGRESSING" },
  INPUT_INFORMATION: {
    ...common,
    status: "INPUT_INFORMATION",
    inputDetails: [
      {
        id: 1,
        uri: "s3://sources/inbox/holiday.mov",
        audio: [{ channels: 2, codec: "AAC", language: "ENG", sampleRate: 48000, streamId: 2 }],
        video: [{ bitDepth: 8, codec: "H_264", frameRate: 29.97, height: 1080, width: 1920 }],
      },
    ],
  },
  STATUS_UPDATE: {
    ...common,
    status: "STATUS_UPDATE",
    framesDecoded: 1242,
    jobProgress: {
      phaseProgress: {
        PROBING: { status: "COMPLETE", percentComplete: 100 },
        TRANSCODING: { status: "PROGRESSING", percentComplete: 41 },
        UPLOADING: { status: "PENDING", percentComplete: 0 },
      },
      jobPercentComplete: 38,
      currentPhase: "TRANSCODING",
      retryCount: 0,
    },
  },
  COMPLETE: {
    ...common,
    status: "COMPLETE",
    warnings: [{ code: 230001, count: 1 }],
    outputGroupDetails: [
      {
        outputDetails: [
          {
            durationInMs: 100100,
            videoDetails: {
              widthInPx: 1280,
              heightInPx: 720,
              averageBitrate: 2210334,
              qvbrAvgQuality: 7.04,
            },
          },
          { durationInMs: 100117 },
        ],
        playlistFilePaths: ["s3://streams/main.mpd", "s3://streams/main.m3u8"],
        type: "CMAF_GROUP",
      },
    ],
    paddingInserted: 0,
    blackVideoDetected: 480,
    blackSegments: [{ start: 0, end: 480 }],
  },
  ERROR: {
    ...common,
    status: "ERROR",
    errorCode: 1010,
    errorMessage: "Input 1 cannot be opened.",
  },
  CANCELED: { ...common, status: "CANCELED" },
  NEW_WARNING: {
    ...common,
    status: "NEW_WARNING",
    warningCode: "100000",
    warningMessage: "The job could not move to its hop queue.",
  },
  QUEUE_HOP: {
    ...common,
    status: "QUEUE_HOP",
    queue: "arn:aws:mediaconvert:us-east-1:000000000000:queues/spill",
    previousQueue: common.queue,
    priority: 5,
    previousPriority: 0,
  },
} as const;
