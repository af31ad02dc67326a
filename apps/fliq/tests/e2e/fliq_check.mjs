// Fliq's own check handler on a server of its own, word for word but for where things are and how long
// to wait.
//
//     FLIQ_API_URL=<base URL> FLIQ_API_TOKEN=<API key> node fliq_check.mjs
//
// Prints a JSON line for each thing that happens, first {"event": "listening", "url": ...}. Schedule the
// first check at `url` yourself, with the page's curl line. A task is "running" for its first two checks,
// then "done". After {"event": "ready"} nothing more is scheduled; end it with SIGTERM.
//
// CHECK_INTERVAL_MS (15000 if absent, as on the page) is the wait between checks, PORT (any) where to listen.

import { createServer } from "node:http";

const api = process.env.FLIQ_API_URL;
const interval = Number(process.env.CHECK_INTERVAL_MS ?? 15_000);
const checks = new Map();
let checkUrl;

function say(event, about) {
  console.log(JSON.stringify({ event, at: new Date().toISOString(), ...about }));
}

// What the handler sends, and how it is answered.
async function fetch(...request) {
  const answer = await globalThis.fetch(...request);
  say("scheduled", { status: answer.status, job: await answer.clone().json() });
  return answer;
}

// Whoever works on the task: a path of this same server, asked over HTTP as a third party would be.
async function checkUpstream(task_id) {
  const { status } = await (await globalThis.fetch(new URL(`/tasks/${task_id}`, checkUrl))).json();
  say("checked", { task_id, status });
  return status;
}

async function onExportReady(task_id) {
  say("ready", { task_id });
}

// Your /api/exports/check handler:
async function POST(req) {
  const { task_id } = await req.json();

  const status = await checkUpstream(task_id); // "running" | "done"
  if (status === "done") {
    await onExportReady(task_id);
    return Response.json({ done: true });
  }

  // Not ready — schedule the next poll 15s out.
  await fetch(`${api}/jobs`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${process.env.FLIQ_API_TOKEN}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      url: checkUrl,
      http_method: "POST",
      scheduled_at: new Date(Date.now() + interval).toISOString(),
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ task_id }),
      max_retries: 3,
    }),
  });

  return Response.json({ done: false });
}

function upstream(task_id) {
  const count = (checks.get(task_id) ?? 0) + 1;
  checks.set(task_id, count);
  return Response.json({ status: count > 2 ? "done" : "running" });
}

async function answerTo(message) {
  if (message.url.startsWith("/tasks/")) return upstream(message.url.slice("/tasks/".length));
  if (message.method !== "POST") return new Response("", { status: 405 });
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  return POST(new Request(checkUrl, { method: "POST", body: Buffer.concat(chunks) }));
}

const server = createServer(async (message, reply) => {
  try {
    const answer = await answerTo(message);
    reply.writeHead(answer.status, Object.fromEntries(answer.headers));
    reply.end(await answer.text());
  } catch (error) {
    say("broken", { message: error.message });
    reply.writeHead(500).end();
  }
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  checkUrl = `http://127.0.0.1:${server.address().port}/api/exports/check`;
  say("listening", { url: checkUrl });
});
