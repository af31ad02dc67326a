/** Callbacks are verified as Standard Webhooks describes it. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import { verifyWebhook } from "../src/index.js";

const NOW = 1_782_036_002;
const BODY = '{"job_id": "019ee99f", "status": "completed", "result": "ä"}';
const SECRET = `whsec_${btoa("a secret of 24 bytes ...")}`;
const OLD_SECRET = `whsec_${btoa("another one of 24 bytes ")}`;

function signed(body: string, ...secrets: string[]): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    return `v1,${createHmac("sha256", key).update(`019ee99f.${NOW}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": "019ee99f",
    "webhook-timestamp": `${NOW}`,
    "webhook-signature": signatures.join(" "),
  };
}

for (const age of [-300, 0, 300]) {
  test(`a signed callback is the job, ${age} seconds later`, async () => {
    const job = await verifyWebhook(BODY, signed(BODY, SECRET), SECRET, { now: NOW + age });

    assert.deepEqual(job, JSON.parse(BODY));
  });
}

test("a body is a string, bytes or a buffer, and headers are those of fetch or of Node", async () => {
  const bytes = new TextEncoder().encode(BODY);
  const given = signed(BODY, SECRET);
  const capital = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.toUpperCase(), value]),
  );

  for (const body of [BODY, bytes, bytes.buffer, Buffer.from(BODY)]) {
    for (const headers of [
      given,
      capital,
      { ...given, host: undefined, cookie: ["a"] },
      new Headers(given),
    ]) {
      assert(await verifyWebhook(body, headers, SECRET, { now: NOW }));
    }
  }
});

test("one of two signatures is enough", async () => {
  for (const secret of [SECRET, OLD_SECRET]) {
    assert(await verifyWebhook(BODY, signed(BODY, OLD_SECRET, SECRET), secret, { now: NOW }));
  }
});

for (const age of [-301, 301]) {
  test(`a callback of ${age} seconds is refused`, async () => {
    const verifying = verifyWebhook(BODY, signed(BODY, SECRET), SECRET, { now: NOW + age });

    await assert.rejects(verifying, { name: "InvalidSignature", message: /signed -?301 seconds ago/ });
  });
}

const { "webhook-signature": SIGNATURE = "" } = signed(BODY, SECRET);
const CHANGES: Record<string, string>[] = [
  { "webhook-id": "019ee9a0" },
  { "webhook-timestamp": `${NOW + 1}` },
  { "webhook-timestamp": "soon" },
  { "webhook-signature": "" },
  { "webhook-signature": "v1,AAAA" },
  { "webhook-signature": "v1,ä" },
  { "webhook-signature": SIGNATURE.replace("v1,", "v2,") },
  { "webhook-signature": `${SIGNATURE}=` },
];

for (const changed of CHANGES) {
  test(`a changed header is refused: ${JSON.stringify(changed)}`, async () => {
    const headers = { ...signed(BODY, SECRET), ...changed };

    await assert.rejects(verifyWebhook(BODY, headers, SECRET, { now: NOW }), { name: "InvalidSignature" });
  });
}

test("a changed body, another secret and missing headers are refused", async () => {
  const headers = signed(BODY, SECRET);

  await assert.rejects(verifyWebhook("{}", headers, SECRET, { now: NOW }), { name: "InvalidSignature" });
  await assert.rejects(verifyWebhook(BODY, headers, OLD_SECRET, { now: NOW }), { name: "InvalidSignature" });
  await assert.rejects(verifyWebhook(BODY, {}, SECRET, { now: NOW }), { name: "InvalidSignature" });
});

test("a secret that is none is an error of its own, and is not shown", async () => {
  for (const secret of ["", "whsec_", "whsec_ä", "hunter2"]) {
    await assert.rejects(verifyWebhook(BODY, signed(BODY, SECRET), secret, { now: NOW }), {
      name: "TypeError",
      message: "secret must be whsec_…, as `make secret` prints it",
    });
  }
});
