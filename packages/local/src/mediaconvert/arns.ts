/** The names of this service's things in one account and region. */
export interface Arns {
  job(id: string): string;
  queue(name: string): string;
}

export function arnsOf(where: { region: string; accountId: string }): Arns {
  const stem = `arn:aws:mediaconvert:${where.region}:${where.accountId}`;
  return {
    job: (id) => `${stem}:jobs/${id}`,
    queue: (name) => `${stem}:queues/${name}`,
  };
}
