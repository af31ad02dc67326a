# mypy: ignore-errors
"""FlowRelay's own way to wait for a job, word for word except the base URL.

    python flowrelay_wait.py <base URL> <API key> <job id>

Prints the result as JSON; or the error's message, and exits with 1.
"""

import json
import sys
import time

import requests

BASE_URL = "https://www.flowrelay.it"


def wait_for_job(job_id, api_key, interval=2, timeout=120):
    deadline = time.time() + timeout
    headers = {"Authorization": f"Bearer {api_key}"}
    while time.time() < deadline:
        resp = requests.get(f"{BASE_URL}/api/v1/jobs/{job_id}", headers=headers)
        payload = resp.json()
        job = payload["job"]
        if job["status"] == "completed":
            return payload["result"]
        if job["status"] == "failed":
            raise RuntimeError(job.get("error") or "Generation failed")
        time.sleep(interval)
    raise TimeoutError("Timed out waiting for job")


if __name__ == "__main__":
    BASE_URL, key, id = sys.argv[1:]
    try:
        print(json.dumps(wait_for_job(id, key)))
    except (RuntimeError, TimeoutError) as error:
        print(error)
        sys.exit(1)
