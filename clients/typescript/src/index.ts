/** A client of Claimcheck: submit jobs, wait for them, and verify their callbacks. */

export { Callbacks } from "./callbacks.js";
export { Claimcheck } from "./client.js";
export type { BulkResult, CallOptions, JobFilter, NewJob, SubmitOptions } from "./client.js";
export type { ClaimcheckOptions } from "./connection.js";
export type {
  Callback,
  CompletedJob,
  DefaultCallback,
  Delivery,
  EndedJob,
  Execution,
  FailedJob,
  FileRef,
  Flow,
  FlowUsage,
  JobDocument,
  Movement,
  PendingJob,
  ProcessingJob,
  Progress,
  Schedule,
  ScheduleAndRuns,
  Status,
  Upload,
} from "./documents.js";
export { ApiError, ClaimcheckError, InvalidSignature, JobFailed, NoAnswer, WaitTimeout } from "./errors.js";
export type { WrongField } from "./errors.js";
export { Job, type WaitOptions } from "./jobs.js";
export { type FlowOptions, Flows, type ScheduleOptions, Schedules } from "./named.js";
export { verifyWebhook } from "./webhooks.js";
