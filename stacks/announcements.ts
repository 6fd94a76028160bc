/** What happened to a film, for whoever wants to know. Only the workflow may speak here. */
export const announcements = new sst.aws.SnsTopic("Announcements", {
  transform: { topic: { kmsMasterKeyId: "alias/aws/sns" } },
});
