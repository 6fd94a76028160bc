import * as Library from "@rushes/core/library";
import * as Removal from "@rushes/core/removal";
import * as Timeline from "@rushes/core/timeline";
import { Reply, type Served, serve } from "../door/described.ts";
import {
  changeVideo,
  deleteVideo,
  listVideos,
  openVideo,
  readTimeline,
  showVideo,
} from "./table/videos.ts";

export const videos: readonly Served[] = [
  serve(openVideo, async ({ actor, body, headers }) => {
    const opened = await Library.open(actor, body, headers["idempotency-key"]);
    return new Reply(opened, { location: `/videos/${opened.video.id}` });
  }),
  serve(listVideos, ({ actor, query }) => Library.list(actor, query)),
  serve(showVideo, async ({ actor, params }) => {
    const { video, etag } = await Library.show(actor, params.id);
    return new Reply(video, { etag });
  }),
  serve(changeVideo, async ({ actor, params, body, headers }) => {
    const { video, etag } = await Library.change(actor, params.id, body, headers["if-match"]);
    return new Reply(video, { etag });
  }),
  serve(deleteVideo, ({ actor, params }) => Removal.begin(actor, params.id)),
  serve(readTimeline, ({ actor, params, query }) => Timeline.read(actor, params.id, query)),
];
