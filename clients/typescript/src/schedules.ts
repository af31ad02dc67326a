/** Recurring jobs. */

import type { CallOptions } from "./client.js";
import type { JobDocument, Schedule, ScheduleAndRuns, Schemas } from "./documents.js";
import { Job } from "./jobs.js";
import { Named } from "./named.js";

/** The fields of a schedule besides its type and input. Either `cron` or `rate` is needed. */
export type ScheduleOptions = Omit<Schemas["ScheduleDefinition"], "type" | "input"> & CallOptions;

/** The schedules of the key's org. Every method throws ApiError and NoAnswer. */
export class Schedules extends Named<Schedule> {
  protected readonly kind = "schedule";

  /** Create or replace a schedule. The same call again changes nothing. */
  put(name: string, type: string, input: object, options: ScheduleOptions): Promise<Schedule> {
    const { signal, ...fields } = options;
    return this.send("PUT", name, "", { body: { type, input, ...fields }, signal });
  }

  /** Return the schedule with the times of its next runs. */
  override get(name: string, options: CallOptions = {}): Promise<ScheduleAndRuns> {
    return super.get(name, options) as Promise<ScheduleAndRuns>;
  }

  /** Submit the schedule's job now. */
  async run(name: string, options: CallOptions & { idempotencyKey?: string } = {}): Promise<Job> {
    const idempotencyKey = options.idempotencyKey ?? crypto.randomUUID();
    const path = `${this.pathOf(name)}/run`;
    const answer = await this.connection.send("POST", path, { ...options, idempotencyKey });
    return new Job(this.connection, answer.body as JobDocument, answer);
  }

  /** Yield the jobs of a schedule, newest first. */
  async *jobs(name: string, options: CallOptions = {}): AsyncGenerator<Job, void> {
    const found = this.connection.pages<JobDocument>(`${this.pathOf(name)}/jobs`, "jobs", options);
    for await (const document of found) yield new Job(this.connection, document);
  }
}
