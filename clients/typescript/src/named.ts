/** Schedules and flows: documents of an org that have names. */

import type { CallOptions } from "./client.js";
import type { Connection, Sending } from "./connection.js";
import type { Flow, FlowUsage, JobDocument, Schedule, ScheduleAndRuns, Schemas } from "./documents.js";
import { unless } from "./errors.js";
import { Job } from "./jobs.js";

/** The documents of one kind that the key's org has. Every method throws ApiError and NoAnswer. */
abstract class Named<Document> {
  protected abstract readonly kind: string;

  /** They are a part of a Claimcheck. */
  constructor(protected readonly connection: Connection) {}

  /** Yield all of them, by name. */
  list(options: CallOptions = {}): AsyncGenerator<Document, void> {
    return this.connection.pages(`/v1/${this.kind}s`, `${this.kind}s`, options);
  }

  pause(name: string, options: CallOptions = {}): Promise<Document> {
    return this.send("POST", name, "/pause", options);
  }

  resume(name: string, options: CallOptions = {}): Promise<Document> {
    return this.send("POST", name, "/resume", options);
  }

  /** Delete it, if there is one: a repeat of the request finds none. */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    await unless(`${this.kind}_not_found`, this.connection.send("DELETE", this.pathOf(name), options));
  }

  protected async send(method: string, name: string, action: string, sending: Sending): Promise<Document> {
    return (await this.connection.send(method, this.pathOf(name) + action, sending)).body as Document;
  }

  protected pathOf(name: string): string {
    return `/v1/${this.kind}s/${encodeURIComponent(name)}`;
  }
}

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
  get(name: string, options: CallOptions = {}): Promise<ScheduleAndRuns> {
    return this.send("GET", name, "", options) as Promise<ScheduleAndRuns>;
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

/** The fields of a flow. Without `paused`, it stays as it is, or is new and active. */
export type FlowOptions = Schemas["FlowDefinition"] & CallOptions;

/**
 * The flows of the key's org. Every method throws ApiError and NoAnswer.
 *
 * `delete` throws `flow_in_use` while jobs of the flow run or wait.
 */
export class Flows extends Named<Flow> {
  protected readonly kind = "flow";

  /** Create or replace a flow. A limit that is not given is removed; a pause stays. */
  put(name: string, options: FlowOptions = {}): Promise<Flow> {
    const { signal, ...body } = options;
    return this.send("PUT", name, "", { body, signal });
  }

  /** Return the flow with the numbers of its running and waiting jobs. */
  get(name: string, options: CallOptions = {}): Promise<FlowUsage> {
    return this.send("GET", name, "", options) as Promise<FlowUsage>;
  }
}
