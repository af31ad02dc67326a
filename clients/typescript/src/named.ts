/** Documents of an org that have names. */

import type { CallOptions } from "./client.js";
import type { Connection, Sending } from "./connection.js";
import { unless } from "./errors.js";

/** The documents of one kind that the key's org has. Every method throws ApiError and NoAnswer. */
export abstract class Named<Document> {
  protected abstract readonly kind: string;

  /** They are a part of a Claimcheck. */
  constructor(protected readonly connection: Connection) {}

  get(name: string, options: CallOptions = {}): Promise<Document> {
    return this.send("GET", name, "", options);
  }

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
