/** Against a deployed stack: tests/e2e/test_typescript_client.py runs this file. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Claimcheck, type FileRef, Job } from "../src/index.js";

const { CLAIMCHECK_URL: url = "", CLAIMCHECK_KEY: key = "" } = process.env;
const client = new Claimcheck({ url, key, timeoutSeconds: 60 });
const within = { timeoutSeconds: 60 };

test("a run returns its result, small or large", async () => {
  const large = await client.run<{ text: string }>("echo", { text: "0123456789", times: 40_000 }, within);

  assert.deepEqual(await client.run("echo", { text: "ab" }, within), { text: "ab" });
  assert.equal(large.text.length, 400_000);
});

test("a file goes up, and its copy comes down", async () => {
  const content = new Blob([new Uint8Array(2_000_000).fill(7)], { type: "text/csv" });

  const file = await client.upload(content);
  const input = { file, names: ["50% off.csv"] };
  const { files } = await client.run<{ files: [FileRef] }>("copy_file", input, within);
  const copy = await client.download(files[0]);

  assert.equal(files[0].name, "50% off.csv");
  assert.deepEqual(await copy.arrayBuffer(), await content.arrayBuffer());
});

test("a flow holds its jobs while it is paused", async () => {
  await client.flows.put("of-the-client", { concurrency: 1, paused: true });
  const jobs: Job[] = [];
  for (const text of ["a", "b"]) jobs.push(await client.submit("echo", { text }, { flow: "of-the-client" }));

  assert.equal((await client.flows.get("of-the-client")).running, 0);
  await client.flows.resume("of-the-client");
  await client.waitAll(jobs, within);
  assert(jobs.every((job) => job.status === "completed"));
});
