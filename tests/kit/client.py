"""A client of the API, with waits that always end."""

import time
from collections.abc import Callable, Collection
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from local.endpoint import NO_TLS, http

T = TypeVar("T")
REPETITIONS = 2


def eventually(look: Callable[[], T], within: float, what: str, every: float = 0.1) -> T:
    """Return the first true result of `look`. Fail after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(every)


class Repeating(httpx.HTTPTransport):
    """Repeats requests that the emulator did not answer on a busy machine: only its proxy returns 502."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        repeatable = request.method == "GET" or "Idempotency-Key" in request.headers
        for _ in range(REPETITIONS if repeatable else 0):
            response = super().handle_request(request)
            if response.status_code != httpx.codes.BAD_GATEWAY:
                return response
            response.close()
        return super().handle_request(request)


class Client:
    """A client that threads can share."""

    def __init__(self, api_url: str, key: str) -> None:
        self.http = httpx.Client(
            base_url=api_url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
            trust_env=False,
            transport=Repeating(
                verify=NO_TLS, limits=httpx.Limits(max_connections=None, max_keepalive_connections=32)
            ),
        )

    def close(self) -> None:
        self.http.close()

    def post(self, type: str, input: dict[str, Any], **fields: Any) -> httpx.Response:
        key = fields.pop("idempotency_key", None)
        headers = {"Idempotency-Key": key} if key else {}
        return self.http.post("/v1/jobs", json={"type": type, "input": input, **fields}, headers=headers)

    def submit(self, type: str, input: dict[str, Any], **fields: Any) -> str:
        """Submit a job and return its id."""
        response = self.post(type, input, **{"idempotency_key": uuid4().hex} | fields)
        assert response.status_code == 202, response.text
        return str(response.json()["job_id"])

    def job(self, job_id: str) -> dict[str, Any]:
        response = self.http.get(f"/v1/jobs/{job_id}")
        assert response.status_code == 200, response.text
        job: dict[str, Any] = response.json()
        return job

    def download(self, path: str) -> httpx.Response:
        """Return the file of a result, by its `url`."""
        answer = self.http.get(path)
        assert answer.status_code == 303, answer.text
        return http.get(answer.headers["location"])

    def executions(self, job_id: str) -> list[dict[str, Any]]:
        executions: list[dict[str, Any]] = self.http.get(f"/v1/jobs/{job_id}/executions").json()["executions"]
        return executions

    def ended(self, job_id: str, within: float) -> dict[str, Any]:
        """Wait for the job's end, and return it."""
        return self.reaches(job_id, ("completed", "failed"), within)

    def reaches(self, job_id: str, statuses: Collection[str], within: float) -> dict[str, Any]:
        """Wait until the job has one of these statuses, and return it."""

        def look() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["status"] in statuses else None

        found = eventually(look, within, f"job {job_id} {' or '.join(statuses)}")
        assert found is not None
        return found
