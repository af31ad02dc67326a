/** A wrong use does not compile. `tsc` checks these functions, and nothing calls them. */

import type { Claimcheck, JobDocument } from "../src/index.js";

interface Statistics {
  words: number;
}

export function statusNarrows(job: JobDocument<Statistics>): string {
  // @ts-expect-error - a job that may not have failed
  job.error;
  switch (job.status) {
    case "pending":
    case "processing":
      // @ts-expect-error - a job that has not ended
      return job.ended_at;
    case "completed":
      // @ts-expect-error - a completed job
      job.error;
      return `${job.result?.words}${job.ended_at}`;
    case "failed":
      // @ts-expect-error - a failed job
      job.result;
      return job.error.code + job.ended_at;
  }
}

export async function aJobNarrows(client: Claimcheck): Promise<string> {
  const job = await client.submit("text_statistics", { text: "ab" });
  const ended = await job.wait<Statistics>();
  if (ended.status === "completed") return `${ended.result?.words}`;
  return job.document.status === "failed" ? job.document.error.message : ended.error.code;
}

export async function aResultHasTheTypeThatIsGiven(client: Claimcheck): Promise<number> {
  // @ts-expect-error - unknown without a type
  (await client.run("text_statistics", { text: "ab" })).words;
  return (await client.run<Statistics>("text_statistics", { text: "ab" })).words;
}

export function optionsAreThoseOfTheApi(client: Claimcheck): void {
  void client.submit(
    "echo",
    {},
    { run_at: new Date(), deadline: "2026-06-22T12:00:00Z", callback_url: null },
  );
  void client.schedules.put("hourly", "echo", {}, { cron: "0 * * * *", missed: "run_once" });
  // @ts-expect-error - a name that the API does not have
  void client.submit("echo", {}, { runAt: new Date() });
  // @ts-expect-error - metadata are strings
  void client.submit("echo", {}, { metadata: { order: 1 } });
  // @ts-expect-error - a status that does not exist
  void client.jobs({ status: "cancelled" });
}
