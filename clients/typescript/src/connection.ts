/** Requests with a key, and their repeats. */

import { ApiError, NoAnswer } from "./errors.js";

/** Seconds before the second try, and before later ones, without `Retry-After`. Each is cut by up to half. */
const FIRST_PAUSE = 0.5;
const LONGEST_PAUSE = 8;

/** The longest time of `setTimeout`, in seconds. */
const LONGEST_TIMER = (2 ** 31 - 1) / 1000;

export interface ClaimcheckOptions {
  /** The deployment's URL. */
  url: string;
  /** An API key. */
  key: string;
  /** The longest time of one try. Default: 30. */
  timeoutSeconds?: number;
  /** How long a request is repeated after its first try without an answer, or with a transient one. Default: 120. */
  repeatSeconds?: number;
  /** Sends the requests. Default: the global `fetch`. */
  fetch?: typeof fetch;
  /** Returns seconds that only grow. Default: `performance.now`. */
  clock?: () => number;
  sleep?: (seconds: number, signal?: AbortSignal) => Promise<void>;
  /** Returns a number from 0 to below 1. Default: `Math.random`. */
  random?: () => number;
}

export type Query = Record<string, string | number | Date | null | undefined>;

export interface Sending {
  body?: unknown;
  query?: Query;
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
  /** No try starts after this time of the clock, except the first. */
  deadline?: number;
  isTransient?: (answer: Answer) => boolean | undefined;
  /** The longest time of one try. */
  timeoutSeconds?: number;
  read?: (response: Response) => Promise<Answer>;
}

/** A response, or none. `body` is its JSON, or undefined. */
export interface Answer {
  status: number;
  retryAfter: number;
  body: unknown;
  error: ApiError | NoAnswer | undefined;
}

export class Connection {
  readonly clock: () => number;
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly #fetch: typeof fetch;
  readonly #url: string;
  readonly #key: string;
  readonly #timeoutSeconds: number;
  readonly #repeatSeconds: number;

  /** Throws: TypeError if the URL or the key cannot be one. */
  constructor(options: ClaimcheckOptions) {
    if (!/^https?:\/\//.test(options.url)) throw new TypeError("url must start with https:// or http://");
    if (!/^[ -~]+$/.test(options.key)) {
      throw new TypeError("key must be printable ASCII characters, without a line break");
    }
    this.#url = new URL(options.url).href.replace(/\/$/, "");
    this.#key = options.key;
    this.#timeoutSeconds = options.timeoutSeconds ?? 30;
    this.#repeatSeconds = options.repeatSeconds ?? 120;
    // A browser's `fetch` refuses to be called as a method of another object.
    const send = options.fetch ?? fetch;
    this.#fetch = (input, init) => send(input, init);
    this.clock = options.clock ?? (() => performance.now() / 1000);
    this.sleep = options.sleep ?? sleep;
    this.random = options.random ?? Math.random;
  }

  /** Send a request, and repeat it while there is no answer or a transient one. Throws: ApiError, NoAnswer. */
  async send(method: string, path: string, sending: Sending = {}): Promise<Answer> {
    return this.#send(method, this.#url + path, sending);
  }

  async #send(method: string, url: string, sending: Sending): Promise<Answer> {
    const headers = new Headers({ Authorization: `Bearer ${this.#key}` });
    if (sending.body !== undefined) headers.set("Content-Type", "application/json");
    if (sending.idempotencyKey !== undefined) headers.set("Idempotency-Key", sending.idempotencyKey);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(sending.query ?? {})) {
      if (value != null) query.set(name, value instanceof Date ? value.toISOString() : String(value));
    }
    const request: RequestInit = { method, headers, redirect: "manual" };
    if (sending.body !== undefined) request.body = JSON.stringify(sending.body);
    return this.#answer(`${url}${query.size ? `?${query}` : ""}`, request, sending);
  }

  /** Return the JSON at the signed URL of a path. */
  async download(path: string, signal?: AbortSignal): Promise<unknown> {
    const url = await this.#signedUrl(this.#url + path, signal);
    return (await this.#answer(url, {}, { signal, isTransient: isTransientInBucket })).body;
  }

  /**
   * Return the signed URL of a file of a result.
   *
   * Throws: TypeError for what is no path: no other host receives the key.
   */
  async signedUrl(path: string, signal?: AbortSignal): Promise<string> {
    if (!path.startsWith("/")) throw new TypeError(`${path} is not the path of a file of this deployment`);
    // It contains the path of a custom domain.
    return this.#signedUrl(new URL(this.#url).origin + path, signal);
  }

  /** Return where a URL leads: not by the redirect, which could take the key along. */
  async #signedUrl(url: string, signal?: AbortSignal): Promise<string> {
    const answer = await this.#send("GET", url, { query: { redirect: "false" }, signal });
    return (answer.body as { url: string }).url;
  }

  /** Return the bucket's response, unread. The request goes there without the key. A try can take any time. */
  async bucket(url: string, request: RequestInit, signal?: AbortSignal): Promise<Response> {
    const read = readUnlessFine;
    const sending: Sending = { isTransient: isTransientInBucket, read, timeoutSeconds: Infinity, signal };
    return (await this.#answer(url, request, sending)).body as Response;
  }

  async #answer(url: string, request: RequestInit, sending: Sending): Promise<Answer> {
    const { signal, deadline = Infinity, isTransient = (answer) => answer.error?.transient } = sending;
    let end = deadline;
    // A batch of which some jobs were accepted: the caller needs their ids, also if no repeat succeeds.
    let partial: Answer | undefined;
    for (let tries = 0; ; tries++) {
      const answer = await this.#try(url, request, sending);
      // From then on: the first try of a large file takes minutes until it breaks.
      if (tries === 0) end = Math.min(this.clock() + this.#repeatSeconds, deadline);
      const pause = pauseBefore(tries, answer.retryAfter, this.random());
      const transient = isTransient(answer);
      if (!answer.error) partial = answer;
      if (!transient || this.clock() + pause > end) {
        const last = transient ? (partial ?? answer) : answer;
        if (last.error) throw last.error;
        return last;
      }
      await this.sleep(pause, signal);
    }
  }

  async #try(url: string, request: RequestInit, sending: Sending): Promise<Answer> {
    const { signal, timeoutSeconds = this.#timeoutSeconds, read = readJson } = sending;
    signal?.throwIfAborted();
    const signals = signal ? [signal] : [];
    if (timeoutSeconds < Infinity) signals.push(AbortSignal.timeout(timeoutSeconds * 1000));
    try {
      return await read(await this.#fetch(url, { ...request, signal: AbortSignal.any(signals) }));
    } catch (cause) {
      signal?.throwIfAborted();
      // In Node, `fetch failed` has the reason as its cause.
      const reason = (cause as Error).cause ?? cause;
      const error = new NoAnswer(`${new URL(url).host} did not answer (${reason})`, { cause });
      return { status: 0, retryAfter: 0, body: undefined, error };
    }
  }

  /** Yield the entries `name` of all pages. A page can be empty and still have a next one. */
  async *pages<Entry>(path: string, name: string, sending: Sending = {}): AsyncGenerator<Entry, void> {
    let cursor: string | null = null;
    do {
      const query = { limit: 100, ...sending.query, cursor };
      const page = (await this.send("GET", path, { ...sending, query })).body as Record<string, unknown>;
      yield* page[name] as Entry[];
      cursor = page["next_cursor"] as string | null;
    } while (cursor !== null);
  }

  /** Return the time of the next poll: `Retry-After` from now, and up to a tenth later. */
  nextLook(answer: Answer): number {
    return this.clock() + answer.retryAfter * (1 + this.random() / 10);
  }

  async sleepUntil(time: number, signal?: AbortSignal): Promise<void> {
    const pause = time - this.clock();
    if (pause > 0) await this.sleep(pause, signal);
  }
}

/** Return the seconds before the next try, at least `retryAfter`, and up to half longer. */
export function pauseBefore(tries: number, retryAfter: number, random: number): number {
  const least = Math.max(retryAfter, Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE) / 2);
  return least + Math.min(least, LONGEST_PAUSE / 2) * random;
}

/** S3 also asks to repeat a request after 409 and 500 (Amazon S3 API Reference, "Error responses"). */
function isTransientInBucket({ status, error }: Answer): boolean | undefined {
  return error?.transient || status === 409 || status === 500;
}

async function readJson(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const seconds = headers.get("Retry-After") ?? "";
  const body = parsed(await response.text());
  // A 200 without JSON is no answer of the API either.
  const isFine = status === 204 || (status >= 200 && status < 300 && body !== undefined);
  return {
    status,
    retryAfter: /^\d+$/.test(seconds) ? Number(seconds) : 0,
    body,
    error: isFine ? undefined : new ApiError(status, body),
  };
}

async function readUnlessFine(response: Response): Promise<Answer> {
  const { ok, status, statusText } = response;
  if (!ok) await response.text(); // frees the connection
  const error = ok ? undefined : new ApiError(status, { detail: `${statusText}, from the bucket` });
  return { status, retryAfter: 0, body: response, error };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      },
      Math.min(seconds, LONGEST_TIMER) * 1000,
    );
    signal?.addEventListener("abort", stop, { once: true });
  });
}
