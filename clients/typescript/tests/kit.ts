/** A client whose requests are answered by a script, and whose pauses move its clock. */

import { Claimcheck, type ClaimcheckOptions } from "../src/index.js";

export const JOB = { job_id: "1", type: "echo", status: "pending" };

type Scripted = Response | Error;

export class Script {
  readonly requests: Request[] = [];
  readonly slept: number[] = [];
  now = 0;
  readonly #answers: Scripted[];

  constructor(...answers: Scripted[]) {
    this.#answers = answers;
  }

  client(options: Partial<ClaimcheckOptions> = {}): Claimcheck {
    return new Claimcheck({
      url: "https://claimcheck.example",
      key: "key",
      fetch: async (input, init) => this.#answer(new Request(input as string, init)),
      clock: () => this.now,
      sleep: async (seconds) => {
        this.now += seconds;
        this.slept.push(seconds);
      },
      random: () => 0,
      ...options,
    });
  }

  keys(): Set<string | null> {
    return new Set(this.requests.map((each) => each.headers.get("Idempotency-Key")));
  }

  #answer(request: Request): Response {
    this.requests.push(request);
    // The last answer is given again and again.
    const answer = (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]) as Scripted;
    if (answer instanceof Error) throw answer;
    return answer.clone();
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return json(status, { status, code, detail: "No.", request_id: "r" }, headers);
}
