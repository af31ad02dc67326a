/** Against the whole service: test_typescript.py serves it, and runs this file. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError, type BulkResult, Claimcheck, type FileRef, Job, WaitTimeout } from "../src/index.js";

const { CLAIMCHECK_URL: url = "", CLAIMCHECK_KEY: key = "", CLAIMCHECK_OTHER_KEY: other = "" } = process.env;
const TOMORROW = "2026-06-22T12:00:00Z";

/** The requests since the last call, as paths with their queries. */
let requests: URL[] = [];
let now = 0;

function clientWith(key: string): Claimcheck {
  return new Claimcheck({
    url: `${url}/`,
    key,
    fetch: (input, init) => {
      requests.push(new URL(input as string));
      return fetch(input, init);
    },
    clock: () => now,
    sleep: async (seconds) => {
      now += seconds;
    },
  });
}

const client = clientWith(key);

async function all<Each>(found: AsyncIterable<Each>): Promise<Each[]> {
  const each: Each[] = [];
  for await (const one of found) each.push(one);
  return each;
}

test("run returns the result", async () => {
  assert.deepEqual(await client.run("echo", { text: "ab", times: 2 }), { text: "abab" });
});

test("a failed job throws its code and message", async () => {
  await assert.rejects(client.run("fail", { text: "ab" }), {
    name: "JobFailed",
    code: "out_of_paper",
    message: /^Job \S+ failed with out_of_paper: The printer is empty\.$/,
  });
});

test("a refused request throws its code and each wrong field", async () => {
  await assert.rejects(client.submit("echo", {}, { metadata: { order: "1" } }), (error) => {
    assert(error instanceof ApiError);
    assert.deepEqual([error.status, error.code, error.problem.request_id], [422, "invalid_fields", "req-1"]);
    assert.deepEqual(
      error.errors.map((each) => each.pointer),
      ["/input/text"],
    );
    return /^422 invalid_fields: .*\n  \/input\/text: /.test(error.message);
  });
});

test("a timeout leaves the job running and says which, and a cancelled job has no result", async () => {
  const job = await client.submit("echo", { text: "ab" }, { run_at: TOMORROW, metadata: { order: "1" } });
  const before = now;

  await assert.rejects(job.wait({ timeoutSeconds: 60 }), { name: "WaitTimeout", jobIds: [job.id] });
  assert.equal(Math.round(now - before), 60);
  assert.deepEqual([job.status, job.document.metadata], ["pending", { order: "1" }]);
  assert.equal((await job.cancel()).status, "failed");
  await assert.rejects(job.result(), { name: "JobFailed", code: "cancelled" });
});

test("a job that has ended by itself is not cancelled", async () => {
  const job = await client.submit("echo", { text: "ab" });

  await assert.rejects(job.cancel(), { name: "ApiError", code: "job_already_ended" });
});

test("updates show each poll", async () => {
  const job = await client.submit("echo", { text: "ab" });

  const seen = await all(job.updates());

  assert.equal(seen.at(-1)?.status, "completed");
  assert.equal(job.ended, true);
});

test("a large result is downloaded", async () => {
  const result = await client.run<{ text: string }>("echo", { text: "0123456789", times: 40_000 });

  assert.equal(result.text.length, 400_000);
});

test("a listed job has its result, also one with a URL in it", async () => {
  await client.run("url", { text: url });

  const [listed] = await all(client.jobs({ type: "url", status: "completed" }));

  assert.deepEqual(await listed?.result(), { url });
});

test("a list goes on after empty pages", async () => {
  const client = clientWith(other);
  const old = await client.submit("echo", { text: "ab" });
  await old.wait();
  for (let number = 0; number < 150; number++) {
    await client.submit("echo", { text: "ab" }, { run_at: TOMORROW });
  }
  requests = [];

  const completed = await all(client.jobs({ status: "completed" }));

  assert.deepEqual(
    completed.map((job) => job.id),
    [old.id],
  );
  assert.equal(requests.length, 2);
});

test("a list is filtered, and a bulk job changes what the filter matches", async () => {
  const labelled = { metadata: { batch: "7" }, created_after: new Date("2026-06-21T09:00:00Z") };
  const job = await client.submit("fail", { text: "ab" }, { metadata: { batch: "7" } });
  await job.wait();
  assert.deepEqual(
    (await all(client.jobs({ status: "failed", ...labelled }))).map((each) => each.id),
    [job.id],
  );

  const counting = await client.bulk("retry", labelled, { dry_run: true });
  assert.deepEqual(await counting.result<BulkResult>(), { matched: 1, done: 0, skipped: 0 });
  const again = await job.retry();

  assert.notEqual(again.id, job.id);
  assert.equal((await job.retry()).id, again.id);
  assert.deepEqual(await (await client.bulk("cancel", labelled)).result(), {
    matched: 0,
    done: 0,
    skipped: 0,
  });
});

test("a batch returns a job or the reason for each", async () => {
  const [first, second, third] = await client.batch([
    { type: "echo", input: { text: "a" } },
    { type: "echo", input: {} },
    { type: "echo", input: { text: "c" }, metadata: { n: "3" } },
  ]);

  assert(second instanceof ApiError);
  assert.deepEqual([second.status, second.errors[0]?.pointer], [422, "/input/text"]);
  assert(first instanceof Job && third instanceof Job);
  assert.deepEqual([await first.result(), await third.result()], [{ text: "a" }, { text: "c" }]);
});

test("many jobs are awaited in hundreds", async () => {
  const numbers = Array.from({ length: 120 }, (_, number) => `${number}`);
  const jobs: Job[] = [];
  for (const text of numbers) jobs.push(await client.submit("echo", { text }));
  requests = [];

  await client.waitAll([...jobs, jobs[119] as Job]);

  assert(jobs.every((job) => job.status === "completed"));
  assert.deepEqual(
    requests.map((each) => each.searchParams.get("ids")?.split(",").length),
    [100, 20],
  );
  assert.deepEqual(await jobs[7]?.result(), { text: "7" });
});

test("a timeout of many names those that have not ended", async () => {
  const early = await client.submit("echo", { text: "a" });
  const late = await client.submit("echo", { text: "a" }, { run_at: TOMORROW });

  await assert.rejects(client.waitAll([early, late], { timeoutSeconds: 30 }), (error) => {
    assert(error instanceof WaitTimeout);
    assert.deepEqual(error.jobIds, [late.id]);
    return early.status === "completed";
  });
});

test("jobs that cannot be read end the wait", async () => {
  const job = await client.submit("echo", { text: "a" });

  await assert.rejects(clientWith(other).waitAll([job]), {
    code: "job_not_found",
    message: new RegExp(job.id),
  });
});

test("a job has its executions", async () => {
  const { id } = await client.submit("echo", { text: "a" });
  const job = await client.job(id);
  await job.wait();

  assert.deepEqual(
    (await job.executions()).map((each) => each.outcome),
    ["completed"],
  );
  assert.deepEqual(await job.deliveries(), []);
  await assert.rejects(job.redeliver(), { code: "job_has_no_callback" });
});

test("a flow limits its jobs", async () => {
  const { flows } = client;
  const stored = await flows.put("renderer", { concurrency: 1, rate: { starts: 5, per_seconds: 1 } });
  await flows.pause("renderer");
  const jobs: Job[] = [];
  for (const text of ["a", "b"]) jobs.push(await client.submit("echo", { text }, { flow: "renderer" }));

  const [first, second] = jobs as [Job, Job];
  assert.deepEqual([stored.concurrency, stored.rate], [1, { starts: 5, per_seconds: 1, burst: 1 }]);
  assert.equal((await flows.get("renderer")).waiting, 2);
  const waiting = await second.refresh();
  assert.deepEqual(waiting.status === "pending" && waiting.waiting, { flow: "renderer", ahead: 1 });
  assert.equal((await all(client.jobs({ flow: "renderer" }))).length, 2);
  assert.deepEqual(
    (await all(flows.list())).map((each) => [each.name, each.paused]),
    [["renderer", true]],
  );
  await assert.rejects(flows.delete("renderer"), { code: "flow_in_use" });
  assert.equal((await flows.resume("renderer")).paused, false);
  assert.deepEqual([await first.result(), await second.result()], [{ text: "a" }, { text: "b" }]);
  await flows.delete("renderer");
  await flows.delete("renderer");
  await assert.rejects(flows.get("renderer"), { code: "flow_not_found" });
});

test("the credits of the org and their movements are read", async () => {
  const movements = await all(client.ledger());

  assert.equal(await client.credits(), 1010);
  assert.deepEqual(
    movements.map(({ amount, reason }) => `${reason} ${amount}`),
    Array.from({ length: 101 }, () => "added 10"),
  );
});

test("a default callback is stored and deleted", async () => {
  const { callbacks } = client;
  const callback = { url: "https://app.example.com/hooks", on: "ended" } as const;

  assert.deepEqual(await callbacks.putDefault(callback), callback);
  assert.deepEqual(await callbacks.getDefault(), callback);
  await callbacks.deleteDefault();
  await callbacks.deleteDefault();
  assert.equal(await callbacks.getDefault(), undefined);
});

test("a file goes up, and its copy comes down", async () => {
  const content = new Blob([crypto.getRandomValues(new Uint8Array(60_000))], { type: "text/csv" });

  const file = await client.upload(content);
  const copy = (await client.run<{ file: FileRef }>("copy", { file, name: "50% off.csv" })).file;
  const response = await client.download(copy);

  assert.deepEqual([copy.name, copy.content_type], ["50% off.csv", "text/csv"]);
  assert.deepEqual(await response.arrayBuffer(), await content.arrayBuffer());
});

test("a schedule is stored, paused, resumed, run and deleted", async () => {
  const { schedules } = client;
  const stored = await schedules.put(
    "hourly",
    "echo",
    { text: "ab" },
    { cron: "0 * * * *", metadata: { a: "b" } },
  );

  assert.equal(stored.next_run_at, "2026-06-21T11:00:00.000Z");
  const read = await schedules.get("hourly");
  assert.deepEqual({ ...read, ...stored }, read);
  assert.equal(read.upcoming[0], stored.next_run_at);
  assert.deepEqual(await all(schedules.list()), [stored]);
  assert.equal((await schedules.pause("hourly")).paused, true);
  assert.equal((await schedules.resume("hourly")).paused, false);
  const job = await schedules.run("hourly");
  assert.deepEqual(await job.result(), { text: "ab" });
  assert.deepEqual(
    (await all(schedules.jobs("hourly"))).map((each) => each.id),
    [job.id],
  );
  await schedules.delete("hourly");
  await assert.rejects(schedules.get("hourly"), { code: "schedule_not_found" });
  await schedules.delete("hourly");
});
