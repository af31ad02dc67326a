/** The API's documents. `api.ts`, which is generated, describes each field. */

import type { components } from "./api.js";

export type Schemas = components["schemas"];

export type PendingJob = Schemas["PendingJob"];
export type ProcessingJob = Schemas["ProcessingJob"];
export type CompletedJob<Result = unknown> = Omit<Schemas["CompletedJob"], "result"> & { result?: Result };
export type FailedJob = Schemas["FailedJob"];
export type EndedJob<Result = unknown> = CompletedJob<Result> | FailedJob;

/** A job. Its `status` says which fields it has. */
export type JobDocument<Result = unknown> = PendingJob | ProcessingJob | EndedJob<Result>;
export type Status = JobDocument["status"];

export type Progress = Schemas["Progress"];
export type Callback = Schemas["Callback"];
export type Execution = Schemas["Execution"];
export type Delivery = Schemas["Delivery"];
export type Schedule = Schemas["Schedule"];
export type ScheduleAndRuns = Schemas["ScheduleAndRuns"];
export type Flow = Schemas["Flow"];
export type FlowUsage = Schemas["FlowUsage"];
export type Movement = Schemas["Movement"];
export type DefaultCallback = Schemas["DefaultCallback"];

/** An uploaded file, as inputs take it. */
export type Upload = Pick<Schemas["Upload"], "upload_id">;

/** A file of a result. */
export interface FileRef {
  name: string;
  size: number;
  content_type: string;
  url: string;
}

type Times = "run_at" | "start_by" | "deadline" | "created_after" | "created_before";

/** Fields of a request, where a time can also be a `Date`. */
export type Timed<Fields> = {
  [Name in keyof Fields]: Name extends Times ? Fields[Name] | Date : Fields[Name];
};
