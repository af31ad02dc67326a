import type { FailedJob, Schemas } from "./documents.js";

/** One wrong field of an `invalid_fields`. */
export type WrongField = Schemas["WrongField"];

type Problem = Partial<Schemas["Problem"]>;

const TRANSIENT_STATUSES = new Set([429, 502, 503, 504]);

/** Any error of this client, except the reason of a signal that you aborted. */
export class ClaimcheckError extends Error {
  override readonly name: string = "ClaimcheckError";
}

/**
 * The API refused a request.
 *
 * `code` is stable: docs/errors.md lists all codes. An answer that is no problem of the API, such as one of a
 * proxy, has the code `http_<status>`.
 */
export class ApiError extends ClaimcheckError {
  override readonly name = "ApiError";
  readonly code: string;
  readonly detail: string;
  /** Each wrong field of an `invalid_fields`. */
  readonly errors: readonly WrongField[];
  /** All fields of the problem, such as its `request_id`, and the `job_id` of a `duplicate_job`. */
  readonly problem: Problem;

  /** `problem` is an RFC 9457 problem, API Gateway's `{"message": …}`, or anything else. */
  constructor(
    readonly status: number,
    problem: unknown,
  ) {
    const given: Problem & { message?: string } = Object(problem);
    const code = given.code ?? `http_${status}`;
    const detail = given.detail ?? given.message ?? "The answer is not one of the API. Is the URL right?";
    const errors = Array.isArray(given.errors) ? given.errors : [];
    const fields = errors.map((each) => `\n  ${each.pointer || each.parameter || "body"}: ${each.message}`);
    super(`${status} ${code}: ${detail}${fields.join("")}`);
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.problem = given;
  }

  /** Whether the same request can succeed within minutes. */
  get transient(): boolean {
    return TRANSIENT_STATUSES.has(this.status) && this.code !== "daily_limit_reached";
  }
}

/** Return what was promised, or undefined after the ApiError with this code. */
export async function unless<Promised>(
  code: string,
  promise: Promise<Promised>,
): Promise<Promised | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ApiError && error.code === code) return undefined;
    throw error;
  }
}

/**
 * The server could not be reached, or did not answer in time. `cause` is the error of `fetch`.
 *
 * A browser also reports so a page of an origin that the deployment does not allow (`AllowOrigins`).
 */
export class NoAnswer extends ClaimcheckError {
  override readonly name = "NoAnswer";
  readonly transient = true;
}

/** A job has failed. `code` is its `error.code`: docs/errors.md says for each whether to retry. */
export class JobFailed extends ClaimcheckError {
  override readonly name = "JobFailed";
  readonly jobId: string;
  readonly code: string;

  constructor(readonly document: FailedJob) {
    const { job_id, error } = document;
    super(`Job ${job_id} failed with ${error.code}: ${error.message}`);
    this.jobId = job_id;
    this.code = error.code;
  }
}

/** Jobs had not ended within the timeout. They go on: wait again, or cancel them. */
export class WaitTimeout extends ClaimcheckError {
  override readonly name = "WaitTimeout";
  constructor(readonly jobIds: readonly string[]) {
    super(`Not ended within the timeout: ${jobIds.join(", ")}`);
  }
}

/** A callback is not signed with the secret, or is not of the last five minutes. */
export class InvalidSignature extends ClaimcheckError {
  override readonly name = "InvalidSignature";
}
