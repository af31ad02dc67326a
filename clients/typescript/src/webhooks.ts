/** Callbacks are signed after Standard Webhooks: https://www.standardwebhooks.com. */

import type { EndedJob } from "./documents.js";
import { InvalidSignature } from "./errors.js";

/** The seconds by which a callback's time may differ from ours. */
const TOLERANCE = 300;

/** A request's headers: those of `fetch`, or of Node's `http` and Express. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/**
 * Return the job of a callback. Its `job_id` is also the `webhook-id`: process each only once.
 *
 * `body` has the bytes as they arrived, `secret` is `whsec_…`, and `now` is in seconds since 1970.
 *
 * Throws: InvalidSignature; TypeError if the secret is none.
 */
export async function verifyWebhook<Result = unknown>(
  body: Uint8Array | ArrayBuffer | string,
  headers: WebhookHeaders,
  secret: string,
  { now = Date.now() / 1000 }: { now?: number } = {},
): Promise<EndedJob<Result>> {
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signatures = headerOf(headers, "webhook-signature");
  if (!id || !signatures || !/^\d+$/.test(timestamp)) {
    throw new InvalidSignature("The headers of a signed callback are missing.");
  }
  const age = now - Number(timestamp);
  if (Math.abs(age) > TOLERANCE) {
    throw new InvalidSignature(`The callback was signed ${Math.round(age)} seconds ago.`);
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
  const signed = new Blob([`${id}.${timestamp}.`, bytes]);
  if (!(await isSigned(await signed.arrayBuffer(), signatures, secret))) {
    throw new InvalidSignature("No signature of the callback is by this secret.");
  }
  return JSON.parse(new TextDecoder().decode(bytes)) as EndedJob<Result>;
}

async function isSigned(signed: ArrayBuffer, signatures: string, secret: string): Promise<boolean> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(secret) ?? [];
  if (encoded === undefined) throw new TypeError("secret must be whsec_…, as `make secret` prints it");
  const key = await crypto.subtle.importKey("raw", fromBase64(encoded), algorithm, false, ["verify"]);
  for (const [, signature] of signatures.matchAll(/(?<!\S)v1,([A-Za-z0-9+/]{43}=)(?!\S)/g)) {
    if (await crypto.subtle.verify("HMAC", key, fromBase64(signature as string), signed)) return true;
  }
  return false;
}

function headerOf(headers: WebhookHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? "";
  return String(Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1] ?? "");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
