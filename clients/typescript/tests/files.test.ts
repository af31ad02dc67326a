/** Files go to the bucket and come from it, also if it drops its answers, and never with the key. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { json, problem, Script } from "./kit.js";

const BUCKET = "https://bucket.example/file";
const TABLE = new Blob(["a,b\n"], { type: "text/csv" });
const upload = () =>
  json(201, {
    upload_id: "u",
    url: BUCKET,
    method: "PUT",
    headers: { "Content-Length": "4", "Content-Type": "text/csv", "If-None-Match": "*" },
  });
const file = (url: string) => ({ name: "a", size: 4, content_type: "text/csv", url });
const signed = () => json(200, { url: BUCKET });

async function sentTo({ requests }: Script): Promise<string[]> {
  const found = requests.filter((each) => each.url === BUCKET);
  assert(found.every((each) => !each.headers.has("Authorization")));
  return Promise.all(found.map((each) => each.text()));
}

for (const lost of [new TypeError("fetch failed"), 409, 500, 503]) {
  for (const then of [200, 412]) {
    test(`an upload is sent again after ${lost}, and is stored after ${then}`, async () => {
      const first = lost instanceof Error ? lost : new Response("", { status: lost });
      const script = new Script(upload(), first, new Response("", { status: then }));

      assert.deepEqual(await script.client().upload(TABLE), { upload_id: "u" });

      assert.deepEqual(await script.requests[0]?.json(), { content_type: "text/csv", size: 4 });
      assert.deepEqual(await sentTo(script), ["a,b\n", "a,b\n"]);
      assert.equal(script.requests[1]?.headers.get("If-None-Match"), "*");
      assert.equal(script.requests[1]?.redirect, "error"); // else Node does not stream
    });
  }
}

test("an upload that breaks after minutes is sent again", async () => {
  const script = new Script(upload(), new TypeError("fetch failed"), new Response());
  const client = script.client({ clock: () => script.now + 600 * script.requests.length });

  assert.deepEqual(await client.upload(TABLE), { upload_id: "u" });
  assert.deepEqual(await sentTo(script), ["a,b\n", "a,b\n"]);
});

test("a refused upload throws the bucket's status", async () => {
  const script = new Script(upload(), new Response("<Error>", { status: 403, statusText: "Forbidden" }));

  await assert.rejects(script.client().upload(TABLE), {
    name: "ApiError",
    message: "403 http_403: Forbidden, from the bucket",
  });
});

test("an upload that the API refuses is not sent", async () => {
  const script = new Script(problem(422, "invalid_fields"));

  await assert.rejects(script.client().upload(new Blob([])), { code: "invalid_fields" });
  assert.deepEqual(
    [script.requests.length, await script.requests[0]?.json()],
    [1, { content_type: "application/octet-stream", size: 0 }],
  );
});

test("a try of an upload can take longer than other requests", async () => {
  const slow: typeof fetch = async (input, init) => {
    if (input !== BUCKET) return upload();
    await new Promise((resolve) => setTimeout(resolve, 100));
    init?.signal?.throwIfAborted();
    return new Response();
  };

  const client = new Script().client({ fetch: slow, timeoutSeconds: 0.05, repeatSeconds: 0 });

  assert.deepEqual(await client.upload(TABLE), { upload_id: "u" });
});

test("a signal ends an upload", async () => {
  const stopping = new AbortController();
  const client = new Script().client({
    fetch: async (input, init) => {
      if (input !== BUCKET) return upload();
      stopping.abort(new Error("left the page"));
      init?.signal?.throwIfAborted();
      return new Response();
    },
  });

  await assert.rejects(client.upload(TABLE, { signal: stopping.signal }), { message: "left the page" });
});

for (const lost of [409, 500, 503]) {
  test(`a large result is asked for again after ${lost}`, async () => {
    const ended = { status: "completed", ended_at: "2026-11-28T00:00:00Z", result_url: "/v1/jobs/1/result" };
    const job = () => json(200, { job_id: "1", type: "a", ...ended });
    const script = new Script(job(), job(), signed(), new Response("", { status: lost }), json(200, { large: 1 }));

    assert.deepEqual(await (await script.client().job("1")).result(), { large: 1 });
    assert.deepEqual(await sentTo(script), ["", ""]);
  });
}

test("a download is asked for again, and its response is returned unread", async () => {
  const script = new Script(signed(), new Response("", { status: 503 }), new Response("a,b\n"));

  const response = await script.client().download(file("/v1/jobs/1/files/2/a%20b"));

  assert.deepEqual([response.bodyUsed, await response.text()], [false, "a,b\n"]);
  assert.deepEqual(await sentTo(script), ["", ""]);
  assert.equal(
    script.requests[0]?.url,
    "https://claimcheck.example/v1/jobs/1/files/2/a%20b?redirect=false",
  );
});

for (const url of ["https://evil.example/a", "@evil.example/a", ".evil.example/a", ""]) {
  test(`the key goes to no other host: ${url || "nothing"}`, async () => {
    const script = new Script(signed());

    await assert.rejects(script.client().download(file(url)), /is not the path of a file of this deployment/);
    assert.equal(script.requests.length, 0);
  });
}

for (const path of ["//evil.example/a", "/jobs/v1/jobs/1/files/2/a"]) {
  test(`a path is one of the deployment's host, also below the path of its domain: ${path}`, async () => {
    const script = new Script(problem(404, "file_not_found"));

    await assert.rejects(script.client({ url: "https://claimcheck.example/jobs/" }).download(file(path)));
    assert.equal(script.requests[0]?.url, `https://claimcheck.example${path}?redirect=false`);
  });
}
