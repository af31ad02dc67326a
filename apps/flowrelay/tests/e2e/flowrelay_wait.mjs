// FlowRelay's own way to wait for a job, word for word but for the base URL.
//
//     node flowrelay_wait.mjs <base URL> <API key> <job id>
//
// Prints the result as JSON; or the error's message, and exits with 1.

const [baseUrl, key, id] = process.argv.slice(2);

async function waitForJob(jobId, apiKey, { intervalMs = 2000, timeoutMs = 120000 } = {}) {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const res = await fetch(`${baseUrl}/api/v1/jobs/${jobId}`, {
      headers: { Authorization: `Bearer ${apiKey}` },
    });
    const { job, result } = await res.json();
    if (job.status === "completed") return result;
    if (job.status === "failed") throw new Error(job.error ?? "Generation failed");
    await new Promise((r) => setTimeout(r, intervalMs));
  }
  throw new Error("Timed out waiting for job");
}

try {
  console.log(JSON.stringify(await waitForJob(id, key)));
} catch (error) {
  console.log(error.message);
  process.exitCode = 1;
}
