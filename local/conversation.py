"""HTTP conversations that print every request and response."""

import textwrap
import time
from collections.abc import Iterator
from typing import Any, Self

import httpx

from local.display import WIDTH, shorten, show

SHOWN_HEADERS = ("Location", "Retry-After", "Idempotent-Replayed")
KEPT_FIELDS = ("job_id", "status", "attempt", "run_at", "cancel_requested_at", "result_url", "error")
ENDS = ("completed", "failed", "ready", "done")
PATIENCE = 60.0  # seconds for a job to end


class Unexpected(Exception):
    """A response was not as expected."""


def expect(what: str, actual: object, wanted: object) -> None:
    if actual != wanted:
        raise Unexpected(f"{what} is {actual!r}; expected: {wanted!r}")


class Conversation:
    def __init__(self, api_url: str, **headers: str) -> None:
        """`headers` are sent with every request, with `_` for hyphens."""
        self._client = httpx.Client(
            base_url=api_url,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            timeout=30,
            trust_env=False,  # no proxy: the API is on this machine
        )
        self._job_was_shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._client.close()

    def say(self, text: str) -> None:
        print(textwrap.fill(text, WIDTH - 2, initial_indent="  ", subsequent_indent="  "))

    def request(
        self, method: str, path: str, body: object = None, *, status: int, **headers: str
    ) -> httpx.Response:
        """Send a request, and print it and its response. `headers` have `_` for hyphens.

        The first job is printed in full, later ones with their main fields.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        print(f"  > {method} {path}")
        for name, value in named.items():
            print(f"  > {name}: {value}")
        if body is not None:
            show(body, "  > ")
        response = self._client.request(method, path, json=body, headers=named)
        self._show_answer(response)
        expect(f"the status of {method} {path}", response.status_code, status)
        return response

    def follow(self, response: httpx.Response) -> dict[str, Any]:
        """Poll the job of a 202, at once and after each Retry-After, until it ends."""
        began, path = time.monotonic(), response.headers["Location"]
        print(f"  > GET {path}, again after each Retry-After")
        for answer in self.polls(path):
            # One contract has the job in an envelope.
            job = answer.get("job", answer)
            progress = job.get("progress") or {}
            shown = f"{progress['done']} of {progress['total']}" if progress else ""
            print(f"  < {time.monotonic() - began:4.1f} s  {job['status']:10}  {shown}".rstrip())
            if job["status"] in ENDS:
                return answer
        raise Unexpected(f"the job did not end within {PATIENCE:.0f} s")

    def polls(self, path: str) -> Iterator[dict[str, Any]]:
        """Read a job, at once and after each Retry-After, for a minute."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            response = self._client.get(path)
            expect(f"the status of GET {path}", response.status_code, 200)
            yield response.json()
            time.sleep(float(response.headers.get("Retry-After", 0)))

    def show(self, value: object) -> None:
        show(value, "  < ")

    def fetch(self, path: str) -> httpx.Response:
        return self._client.get(path)

    def _show_answer(self, response: httpx.Response) -> None:
        # httpx has the same phrases in every version of Python.
        print(f"  < {response.status_code} {httpx.codes.get_reason_phrase(response.status_code)}")
        for name in SHOWN_HEADERS:
            if name in response.headers:
                print(shorten(f"  < {name}: {response.headers[name]}", WIDTH))
        if not response.content:
            return
        body = response.json()
        if "job_id" in body and self._job_was_shown:
            body = {name: body[name] for name in KEPT_FIELDS if body.get(name)} | {"...": "..."}
        self._job_was_shown |= "job_id" in body
        show(body, "  < ")
