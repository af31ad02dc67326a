/** Limits on groups of jobs. */

import type { CallOptions } from "./client.js";
import type { Flow, FlowUsage, Schemas } from "./documents.js";
import { Named } from "./named.js";

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
  override get(name: string, options: CallOptions = {}): Promise<FlowUsage> {
    return super.get(name, options) as Promise<FlowUsage>;
  }
}
