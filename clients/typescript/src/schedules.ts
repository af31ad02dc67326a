/** Recurring jobs. */

import type { CallOptions } from "./client.js";
import type { Connection, Sending } from "./connection.js";
import type { JobDocument, Schedule, Schemas } from "./documents.js";
import { ApiError } from "./errors.js";
import { Job } from "./jobs.js";

/** The fields of a schedule besides its type and input. Either `cron` or `rate` is needed. */
export type ScheduleOptions = Omit<Schemas["ScheduleDefinition"], "type" | "input"> & CallOptions;

/** The schedules of the key's org. Every method throws ApiError and NoAnswer. */
export class Schedules {
  readonly #connection: Connection;

  /** They are a part of a Claimcheck. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Create or replace a schedule. The same call again changes nothing. */
  put(name: string, type: string, input: object, options: ScheduleOptions): Promise<Schedule> {
    const { signal, ...fields } = options;
    return this.#send("PUT", name, "", { body: { type, input, ...fields }, signal });
  }

  get(name: string, options: CallOptions = {}): Promise<Schedule> {
    return this.#send("GET", name, "", options);
  }

  /** Yield all schedules, by name. */
  list(options: CallOptions = {}): AsyncGenerator<Schedule, void> {
    return this.#connection.pages("/v1/schedules", "schedules", options);
  }

  pause(name: string, options: CallOptions = {}): Promise<Schedule> {
    return this.#send("POST", name, "/pause", options);
  }

  resume(name: string, options: CallOptions = {}): Promise<Schedule> {
    return this.#send("POST", name, "/resume", options);
  }

  /** Delete a schedule, if there is one: a repeat of the request finds none. */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    try {
      await this.#connection.send("DELETE", pathOf(name), options);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "schedule_not_found")) throw error;
    }
  }

  /** Submit the schedule's job now. */
  async run(name: string, options: CallOptions & { idempotencyKey?: string } = {}): Promise<Job> {
    const idempotencyKey = options.idempotencyKey ?? crypto.randomUUID();
    const answer = await this.#connection.send("POST", `${pathOf(name)}/run`, { ...options, idempotencyKey });
    return new Job(this.#connection, answer.body as JobDocument, answer);
  }

  /** Yield the jobs of a schedule, newest first. */
  async *jobs(name: string, options: CallOptions = {}): AsyncGenerator<Job, void> {
    const found = this.#connection.pages<JobDocument>(`${pathOf(name)}/jobs`, "jobs", options);
    for await (const document of found) yield new Job(this.#connection, document);
  }

  async #send(method: string, name: string, action: string, sending: Sending): Promise<Schedule> {
    return (await this.#connection.send(method, pathOf(name) + action, sending)).body as Schedule;
  }
}

function pathOf(name: string): string {
  return `/v1/schedules/${encodeURIComponent(name)}`;
}
