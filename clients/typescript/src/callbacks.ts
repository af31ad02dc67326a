/** Callbacks of jobs that ask for none themselves. */

import type { CallOptions } from "./client.js";
import type { Connection } from "./connection.js";
import type { DefaultCallback, Schemas } from "./documents.js";
import { unless } from "./errors.js";

const PATH = "/v1/callbacks/default";
const MISSING = "default_callback_not_found";

/** The callbacks of the key's org. Every method throws ApiError and NoAnswer. */
export class Callbacks {
  readonly #connection: Connection;

  /** They are a part of a Claimcheck. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Have a URL called for each job that has failed, or for each that has ended (`on: "ended"`). */
  async putDefault(
    callback: Schemas["DefaultCallbackDefinition"],
    options: CallOptions = {},
  ): Promise<DefaultCallback> {
    const answer = await this.#connection.send("PUT", PATH, { ...options, body: callback });
    return answer.body as DefaultCallback;
  }

  /** Return the default callback, with the secrets of its URL hidden. Undefined without one. */
  async getDefault(options: CallOptions = {}): Promise<DefaultCallback | undefined> {
    const answer = await unless(MISSING, this.#connection.send("GET", PATH, options));
    return answer?.body as DefaultCallback | undefined;
  }

  /** Delete the default callback, if there is one: a repeat of the request finds none. */
  async deleteDefault(options: CallOptions = {}): Promise<void> {
    await unless(MISSING, this.#connection.send("DELETE", PATH, options));
  }
}
