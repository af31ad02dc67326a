/** Which requests are repeated, when, and with which key. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError, Claimcheck, Job, NoAnswer } from "../src/index.js";
import { pauseBefore } from "../src/connection.js";
import { JOB, json, problem, Script } from "./kit.js";

const accepted = () => json(202, JOB, { "Retry-After": "2" });

const TRANSIENT: Record<string, () => Response | Error> = {
  "no connection": () => new TypeError("fetch failed"),
  "no answer in time": () => new DOMException("late", "TimeoutError"),
  429: () => problem(429, "rate_limited"),
  502: () => new Response("<html>Bad Gateway</html>", { status: 502 }),
  503: () => problem(503, "outcome_unknown"),
  504: () => json(504, { message: "Endpoint request timed out" }),
};

for (const [name, answer] of Object.entries(TRANSIENT)) {
  test(`after ${name} a submission is repeated with its key`, async () => {
    const script = new Script(answer(), accepted());

    const job = await script.client().submit("echo", {});

    assert.equal(job.id, "1");
    assert.equal(script.requests.length, 2);
    assert.equal(script.keys().size, 1);
  });
}

test("two submissions have two keys", async () => {
  const script = new Script(accepted());
  const client = script.client();

  await client.submit("echo", {});
  await client.submit("echo", {});

  assert.equal(script.keys().size, 2);
});

test("a key of your own is sent, and options are fields of the body", async () => {
  const script = new Script(accepted());
  const run_at = new Date("2026-06-22T12:00:00Z");

  await script
    .client()
    .submit("echo", { text: "ab" }, { run_at, metadata: { a: "b" }, idempotencyKey: "order-7" });

  assert.deepEqual(script.keys(), new Set(["order-7"]));
  assert.deepEqual(await script.requests[0]?.json(), {
    type: "echo",
    input: { text: "ab" },
    run_at: "2026-06-22T12:00:00.000Z",
    metadata: { a: "b" },
  });
});

for (const status of [400, 401, 402, 403, 404, 409, 413, 422, 500]) {
  test(`a ${status} is thrown at once`, async () => {
    const script = new Script(problem(status, "some_code"));

    await assert.rejects(script.client().submit("echo", {}), { name: "ApiError", status, code: "some_code" });
    assert.equal(script.requests.length, 1);
  });
}

test("a used up day is not waited for", async () => {
  const script = new Script(problem(429, "daily_limit_reached", { "Retry-After": "5" }));

  await assert.rejects(script.client().submit("echo", {}), { code: "daily_limit_reached", transient: false });
  assert.deepEqual(script.slept, []);
});

test("a request that can never work is not repeated", async () => {
  const script = new Script(accepted());

  await assert.rejects(script.client().submit("echo", {}, { idempotencyKey: "a\nb" }), TypeError);
  await assert.rejects(script.client().submit("echo", { text: 1n }), TypeError);
  assert.equal(script.requests.length, 0);
});

test("a repeat waits for Retry-After, and up to half longer", async () => {
  const script = new Script(problem(429, "rate_limited", { "Retry-After": "40" }), accepted());

  await script.client({ random: () => 0.5 }).submit("echo", {});

  assert.deepEqual(script.slept, [42]);
});

test("repeats stop in time with the last error", async () => {
  const refused = new Script(problem(503, "unavailable"));
  const silent = new Script(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }));

  await assert.rejects(refused.client({ repeatSeconds: 60 }).submit("echo", {}), { code: "unavailable" });
  await assert.rejects(silent.client({ repeatSeconds: 60 }).submit("echo", {}), (error) => {
    assert(error instanceof NoAnswer);
    assert.match(error.message, /^claimcheck\.example did not answer \(Error: connect ECONNREFUSED\)$/);
    return error.cause instanceof TypeError;
  });
  assert(refused.now > 50 && refused.now <= 60);
});

test("a pause that ends too late is not made", async () => {
  const script = new Script(problem(429, "rate_limited", { "Retry-After": "61" }));

  await assert.rejects(script.client({ repeatSeconds: 60 }).submit("echo", {}), ApiError);
  assert.deepEqual(script.slept, []);
});

test("a pause is never shorter than asked and never much longer", () => {
  for (const retryAfter of [0, 1, 7, 300]) {
    for (const tries of [0, 1, 5, 200, 2000]) {
      for (const random of [0, 0.999]) {
        const pause = pauseBefore(tries, retryAfter, random);

        assert(pause >= Math.max(retryAfter, 0.25) && pause <= Math.max(retryAfter + 4, 8));
      }
    }
  }
});

test("polls wait for Retry-After and end with the timeout", async () => {
  const going = (seconds: string) => json(200, { ...JOB, status: "processing" }, { "Retry-After": seconds });
  const script = new Script(accepted(), going("5"), going("9"));

  await assert.rejects(script.client().run("echo", {}, { timeoutSeconds: 10 }), {
    name: "WaitTimeout",
    jobIds: ["1"],
  });
  assert.deepEqual(script.slept, [2, 5, 3]);
});

test("a batch is repeated with its key while one of its jobs is refused for a moment", async () => {
  const entry = { status: 202, job: JOB };
  const busy = { status: 503, error: { code: "unavailable", detail: "No." } };
  const script = new Script(json(200, { jobs: [entry, busy] }), json(200, { jobs: [entry, entry] }));

  const outcomes = await script.client().batch(Array(2).fill({ type: "echo", input: {} }));

  assert(outcomes.every((each) => each instanceof Job));
  assert.equal(script.keys().size, 1);
});

test("a batch that stays partial is returned, and at once if the day is used up", async () => {
  for (const [code, status, transient] of [
    ["unavailable", 503, true],
    ["daily_limit_reached", 429, false],
  ] as const) {
    const script = new Script(json(200, { jobs: [{ status, error: { code, detail: "No." } }] }));

    const [outcome] = await script.client().batch([{ type: "echo", input: {} }]);

    assert(outcome instanceof ApiError);
    assert.deepEqual(
      [outcome.code, outcome.transient, script.slept.length > 0],
      [code, transient, transient],
    );
  }
});

for (const [name, later] of [
  ["a limit", problem(429, "rate_limited")],
  ["no answer", new TypeError("fetch failed")],
] as const) {
  test(`the accepted jobs of a batch are returned though its repeats end with ${name}`, async () => {
    const busy = { status: 503, error: { code: "unavailable", detail: "No." } };
    const script = new Script(json(200, { jobs: [{ status: 202, job: JOB }, busy] }), later);

    const [accepted, refused] = await script.client().batch(Array(2).fill({ type: "echo", input: {} }));

    assert(script.requests.length > 2);
    assert(accepted instanceof Job && refused instanceof ApiError);
    assert.deepEqual([accepted.id, refused.code], ["1", "unavailable"]);
  });
}

const STRANGE: [Response, RegExp][] = [
  [new Response("<html>"), /^200 http_200: .*Is the URL right\?$/],
  [new Response(null, { status: 301, headers: { Location: "https://other.example" } }), /^301 http_301: /],
  [json(413, { message: "Request Too Long" }), /^413 http_413: Request Too Long$/],
  [json(403, ["no"]), /^403 http_403: /],
  [json(403, null), /^403 http_403: /],
];

for (const [answer, message] of STRANGE) {
  test(`an answer that is no problem has a code too: ${message}`, async () => {
    await assert.rejects(new Script(answer).client().job("1"), { name: "ApiError", message });
  });
}

/** Does not answer, until the request is given up. */
const never: typeof fetch = (_, init) =>
  new Promise((_, reject) => {
    // As a real request does, it keeps Node running.
    const open = setTimeout(() => {}, 60_000);
    init?.signal?.addEventListener("abort", () => {
      clearTimeout(open);
      reject(init.signal?.reason);
    });
  });

test("a signal ends a pause, and its reason is thrown", async () => {
  const stopping = new AbortController();
  const answer = async () => json(202, JOB, { "Retry-After": "1000" });
  const job = await new Claimcheck({ url: "https://claimcheck.example", key: "key", fetch: answer }).submit(
    "echo",
    {},
  );

  const waiting = job.wait({ signal: stopping.signal });
  stopping.abort(new Error("left the page"));

  await assert.rejects(waiting, { message: "left the page" });
  await assert.rejects(job.wait({ signal: stopping.signal }), { message: "left the page" });
});

test("a signal ends a try, and its reason is thrown", async () => {
  const stopping = new AbortController();

  const submitting = new Script().client({ fetch: never }).submit("echo", {}, { signal: stopping.signal });
  stopping.abort(new Error("left the page"));

  await assert.rejects(submitting, { message: "left the page" });
});

test("a try without an answer in time is repeated", async () => {
  const script = new Script();

  const submitting = script
    .client({ fetch: never, timeoutSeconds: 0.01, repeatSeconds: 1 })
    .submit("echo", {});

  await assert.rejects(submitting, { name: "NoAnswer", message: /TimeoutError/ });
  assert.deepEqual(script.slept, [0.25, 0.5]);
});

test("a URL or a key that cannot be one is refused, and the key is not shown", () => {
  assert.throws(() => new Script().client({ url: "claimcheck.example" }), /must start with https/);
  assert.throws(
    () => new Script().client({ key: "cck_live_1\n" }),
    (error: Error) =>
      /key must be printable ASCII/.test(error.message) && !error.message.includes("cck_live"),
  );
});
