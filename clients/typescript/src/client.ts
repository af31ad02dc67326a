/** The client of one deployment. */

import { Callbacks } from "./callbacks.js";
import { type Answer, type ClaimcheckOptions, Connection, type Query } from "./connection.js";
import type { FileRef, JobDocument, Movement, Schemas, Timed, Upload } from "./documents.js";
import { ApiError, unless } from "./errors.js";
import { Job, type WaitOptions } from "./jobs.js";
import { Flows, Schedules } from "./named.js";

export interface CallOptions {
  /** Ends the call, also while it waits. The job goes on. */
  signal?: AbortSignal | undefined;
}

/** The optional fields of `POST /v1/jobs`. */
type Fields = Timed<Omit<Schemas["Submission"], "type" | "input">>;

export interface SubmitOptions extends Fields, CallOptions {
  /** Default: a new one for each call. Give one of your own to repeat a call after a crash. */
  idempotencyKey?: string;
}

/** One job of a batch. */
export interface NewJob extends Fields {
  type: string;
  input: object;
}

/** The filters of `GET /v1/jobs`. */
export type JobFilter = Timed<Schemas["BulkInput"]["filter"]>;

/** The result of a bulk job: how many jobs there were, were changed, and could not be. */
export interface BulkResult {
  matched: number;
  done: number;
  skipped: number;
}

/**
 * A client of the deployment at `url`, with an API key.
 *
 * Every request is safe to repeat: a submission has an `Idempotency-Key`, and the others are harmless the
 * second time. So without an answer, and after the statuses 429, 502, 503 and 504, a request is repeated with
 * jitter for `repeatSeconds` after the first failure, never before `Retry-After` has passed. A `daily_limit_reached` is not waited for.
 *
 * Methods that send requests throw ApiError if the API refused them, and NoAnswer if nobody answered.
 */
export class Claimcheck {
  readonly schedules: Schedules;
  readonly flows: Flows;
  readonly callbacks: Callbacks;
  readonly #connection: Connection;

  /** Throws: TypeError if the URL or the key cannot be one. */
  constructor(options: ClaimcheckOptions) {
    this.#connection = new Connection(options);
    this.schedules = new Schedules(this.#connection);
    this.flows = new Flows(this.#connection);
    this.callbacks = new Callbacks(this.#connection);
  }

  /** Submit a job. */
  async submit(type: string, input: object, options: SubmitOptions = {}): Promise<Job> {
    const { idempotencyKey = crypto.randomUUID(), signal, ...fields } = options;
    const body = { type, input, ...fields };
    const answer = await this.#connection.send("POST", "/v1/jobs", { body, idempotencyKey, signal });
    return new Job(this.#connection, answer.body as JobDocument, answer);
  }

  /** Submit a job, wait until it has ended, and return its result. Throws: JobFailed, WaitTimeout. */
  async run<Result = unknown>(
    type: string,
    input: object,
    options: SubmitOptions & WaitOptions = {},
  ): Promise<Result> {
    const { timeoutSeconds, ...submitted } = options;
    const job = await this.submit(type, input, submitted);
    return job.result<Result>(options);
  }

  /** Read a job. */
  async job(jobId: string, options: CallOptions = {}): Promise<Job> {
    const answer = await this.#connection.send("GET", `/v1/jobs/${encodeURIComponent(jobId)}`, options);
    return new Job(this.#connection, answer.body as JobDocument, answer);
  }

  /** Yield the org's jobs, newest first; failed jobs alone with the last failure first. */
  async *jobs({ signal, metadata, ...filter }: JobFilter & CallOptions = {}): AsyncGenerator<Job, void> {
    const labels = Object.entries(metadata ?? {}).map(([name, value]) => [`metadata[${name}]`, value]);
    const query: Query = { ...filter, ...Object.fromEntries(labels) };
    const found = this.#connection.pages<JobDocument>("/v1/jobs", "jobs", { query, signal });
    for await (const document of found) yield new Job(this.#connection, document);
  }

  /**
   * Submit 1 to 100 jobs in one request, and return for each the job, or why it was refused.
   *
   * The request is repeated as long as one of them is refused with a transient error.
   */
  async batch(
    jobs: readonly NewJob[],
    { idempotencyKey = crypto.randomUUID(), signal }: CallOptions & { idempotencyKey?: string } = {},
  ): Promise<(Job | ApiError)[]> {
    const sending = { body: { jobs }, idempotencyKey, signal, isTransient: hasTransientEntry };
    const answer = await this.#connection.send("POST", "/v1/jobs/batch", sending);
    return outcomesOf(answer).map((entry) =>
      "job" in entry ? new Job(this.#connection, entry.job, answer) : new ApiError(entry.status, entry.error),
    );
  }

  /**
   * Start a job that cancels or retries all jobs that the filter matches, or only counts them (`dry_run`).
   *
   * Its result is a BulkResult.
   */
  async bulk(
    action: Schemas["BulkInput"]["action"],
    filter: JobFilter,
    options: CallOptions & { dry_run?: boolean; idempotencyKey?: string } = {},
  ): Promise<Job> {
    const { dry_run = false, idempotencyKey = crypto.randomUUID(), signal } = options;
    const body = { action, filter, dry_run };
    const answer = await this.#connection.send("POST", "/v1/bulk", { body, idempotencyKey, signal });
    return new Job(this.#connection, answer.body as JobDocument, answer);
  }

  /** Wait until all jobs have ended, with one request for up to 100 of them. Throws: WaitTimeout. */
  waitAll(jobs: readonly Job[], options: WaitOptions = {}): Promise<void> {
    return Job.waitAll(this.#connection, jobs, options);
  }

  /** Return the credits that are left to the key's org, for jobs that have a price. */
  async credits(options: CallOptions = {}): Promise<number> {
    const answer = await this.#connection.send("GET", "/v1/credits", options);
    return (answer.body as Schemas["Credits"]).credits;
  }

  /** Yield the movements of the org's credits, newest first. Their sum is what is left. */
  ledger(options: CallOptions = {}): AsyncGenerator<Movement, void> {
    return this.#connection.pages<Movement>("/v1/credits/ledger", "movements", options);
  }

  /**
   * Upload a file, and return the value of an input that takes a file.
   *
   * It has 1 byte to 1 GiB and is streamed. Its media type is `contentType`, or its own. A try can take any time.
   */
  async upload(content: Blob, options: CallOptions & { contentType?: string } = {}): Promise<Upload> {
    const { signal } = options;
    const type = options.contentType ?? (content.type || "application/octet-stream");
    const body = { content_type: type, size: content.size };
    const answer = await this.#connection.send("POST", "/v1/uploads", { body, signal });
    const { upload_id, url, method, headers: given } = answer.body as Schemas["Upload"];
    const headers = new Headers(given);
    headers.delete("Content-Length"); // `fetch` sets it
    // Node's `fetch` keeps a copy of a body that it could have to send again, to where a redirect leads.
    const request: RequestInit = { method, headers, body: content, redirect: "error" };
    // The URL is ours alone. So if it has been used, an answer to this upload was lost.
    await unless("http_412", this.#connection.bucket(url, request, signal));
    return { upload_id };
  }

  /** Return the response with a file of a result, for `blob()`, `text()` or its stream `body`. */
  async download(file: FileRef, { signal }: CallOptions = {}): Promise<Response> {
    return this.#connection.bucket(await this.#connection.signedUrl(file.url, signal), {}, signal);
  }
}

function outcomesOf(answer: Answer): Schemas["BatchOutcome"]["jobs"] {
  return (answer.body as Schemas["BatchOutcome"]).jobs;
}

function hasTransientEntry(answer: Answer): boolean {
  if (answer.error) return answer.error.transient;
  return outcomesOf(answer).some(
    (entry) => "error" in entry && new ApiError(entry.status, entry.error).transient,
  );
}
