/** A job, and how to wait for it. */

import type { CallOptions } from "./client.js";
import type { Answer, Connection, Sending } from "./connection.js";
import type { CompletedJob, Delivery, EndedJob, Execution, JobDocument, Status } from "./documents.js";
import { ApiError, JobFailed, WaitTimeout } from "./errors.js";

/** The jobs that one request can read. */
const MOST_IDS = 100;

export interface WaitOptions extends CallOptions {
  /** After this time a wait throws WaitTimeout. Default: wait for the job's end, at the latest its deadline. */
  timeoutSeconds?: number;
}

/** A job as it was last read: `document` has all its fields. Its methods throw ApiError and NoAnswer. */
export class Job {
  readonly #connection: Connection;
  #nextLook = 0;
  #document: JobDocument;

  /** Jobs come from the methods of a Claimcheck. */
  constructor(connection: Connection, document: JobDocument, answer?: Answer) {
    this.#connection = connection;
    this.#document = document;
    if (answer) this.#nextLook = connection.nextLook(answer);
  }

  get document(): JobDocument {
    return this.#document;
  }

  get id(): string {
    return this.#document.job_id;
  }

  get type(): string {
    return this.#document.type;
  }

  get status(): Status {
    return this.#document.status;
  }

  get ended(): boolean {
    return "ended_at" in this.#document;
  }

  /** Read the job again, and return its document. */
  refresh(options: CallOptions = {}): Promise<JobDocument> {
    return this.#read("GET", "", options);
  }

  /** Yield the document after each poll, until the job has ended. Polls follow `Retry-After`. */
  async *updates(options: WaitOptions = {}): AsyncGenerator<JobDocument, void> {
    const deadline = deadlineOf(this.#connection, options);
    while (!this.ended) {
      await this.#connection.sleepUntil(Math.min(this.#nextLook, deadline), options.signal);
      yield await this.#read("GET", "", { ...options, deadline });
      if (!this.ended && this.#connection.clock() >= deadline) throw new WaitTimeout([this.id]);
    }
  }

  /** Wait until the job has ended, completed or failed, and return its document. Throws: WaitTimeout. */
  async wait<Result = unknown>(options: WaitOptions = {}): Promise<EndedJob<Result>> {
    for await (const _ of this.updates(options));
    return this.#document as EndedJob<Result>;
  }

  /** Wait until the job has ended, and return its result. Throws: JobFailed, WaitTimeout. */
  async result<Result = unknown>(options: WaitOptions = {}): Promise<Result> {
    const ended = await this.wait<Result>(options);
    if (ended.status === "failed") throw new JobFailed(ended);
    if (ended.result !== undefined) return ended.result;
    // Lists leave out results. Only a result that the job does not show itself has a URL.
    const { result } = (await this.refresh(options)) as CompletedJob<Result>;
    if (result !== undefined) return result;
    return (await this.#connection.download(`${this.#path}/result`, options.signal)) as Result;
  }

  /**
   * Ask for the job's end. A job that a worker has then ends when the worker next checks.
   *
   * Throws: ApiError `job_already_ended`.
   */
  cancel(options: CallOptions = {}): Promise<JobDocument> {
    return this.#read("POST", "/cancel", options);
  }

  /**
   * Submit a failed job again, and return the new job. A job is retried once: again, it is the same.
   *
   * Throws: ApiError `job_not_failed`, `input_not_kept` or `invalid_fields`.
   */
  async retry({ signal }: CallOptions = {}): Promise<Job> {
    const answer = await this.#connection.send("POST", `${this.#path}/retry`, { signal });
    return new Job(this.#connection, answer.body as JobDocument, answer);
  }

  /** Send the callback of an ended job again. */
  redeliver(options: CallOptions = {}): Promise<JobDocument> {
    return this.#read("POST", "/redeliver", options);
  }

  /** Return the last 100 executions, newest first. */
  async executions(options: CallOptions = {}): Promise<Execution[]> {
    const { body } = await this.#connection.send("GET", `${this.#path}/executions`, options);
    return (body as { executions: Execution[] }).executions;
  }

  /** Return the last 100 deliveries of the callback, newest first. */
  async deliveries(options: CallOptions = {}): Promise<Delivery[]> {
    const { body } = await this.#connection.send("GET", `${this.#path}/deliveries`, options);
    return (body as { deliveries: Delivery[] }).deliveries;
  }

  get #path(): string {
    return `/v1/jobs/${this.id}`;
  }

  async #read(
    method: string,
    action: string,
    { signal, deadline = Infinity }: Sending,
  ): Promise<JobDocument> {
    const answer = await this.#connection.send(method, this.#path + action, { signal, deadline });
    return this.#take(answer.body as JobDocument, answer);
  }

  #take(document: JobDocument, answer: Answer): JobDocument {
    this.#nextLook = this.#connection.nextLook(answer);
    return (this.#document = document);
  }

  /** @internal Wait until all jobs have ended, with one request for up to 100 of them. */
  static async waitAll(connection: Connection, jobs: readonly Job[], options: WaitOptions): Promise<void> {
    const deadline = deadlineOf(connection, options);
    for (let start = 0; start < jobs.length; start += MOST_IDS) {
      await Job.#waitTogether(connection, jobs.slice(start, start + MOST_IDS), deadline, options.signal);
    }
  }

  static async #waitTogether(
    connection: Connection,
    jobs: readonly Job[],
    deadline: number,
    signal?: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const pending = jobs.filter((job) => !job.ended);
      if (pending.length === 0) return;
      await connection.sleepUntil(Math.min(deadline, ...pending.map((job) => job.#nextLook)), signal);
      const ids = [...new Set(pending.map((job) => job.id))];
      const answer = await connection.send("GET", "/v1/jobs", {
        query: { ids: ids.join(",") },
        signal,
        deadline,
      });
      const found = answer.body as { jobs: JobDocument[]; not_found: string[] };
      if (found.not_found.length > 0) {
        const detail = `No such jobs: ${found.not_found.join(", ")}`;
        throw new ApiError(404, { code: "job_not_found", detail });
      }
      const documents = new Map(found.jobs.map((document) => [document.job_id, document]));
      for (const job of pending) job.#take(documents.get(job.id) as JobDocument, answer);
      const unended = pending.filter((job) => !job.ended).map((job) => job.id);
      if (unended.length > 0 && connection.clock() >= deadline) throw new WaitTimeout(unended);
    }
  }
}

function deadlineOf(connection: Connection, { timeoutSeconds }: WaitOptions): number {
  return timeoutSeconds === undefined ? Infinity : connection.clock() + timeoutSeconds;
}
