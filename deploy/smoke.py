"""A walk through a deployed stack, past what only AWS decides: permissions, transactions, delays, redirects.

It works as a client does, with a key of an org of its own, and with job types of the shipped apps. A step
whose job type is not deployed is skipped.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from claimcheck.bootstrap import Engine
from claimcheck.domain.job import HOUR
from claimcheck.domain.keys import ApiKey
from claimcheck.http.admission import issue_key
from claimcheck.service.callbacks.signing import issue_secret

ORG = "smoke"
PREFIX = "cck_live_"
FUNDS = 1000
# Seconds.
PATIENCE = 90
PAUSE = 0.5
FAR = 20 * 60
LATE = 2
TABLE = b"item,price\ncoat,30\nhat,12.5\n"
LONG_WORD = 300_000  # letters: a keyword that makes a result larger than one that is shown


class Skipped(Exception):
    """A step that this deployment cannot show, for the reason in the message."""


class Failed(Exception):
    """A promise that the deployment does not keep."""


@dataclass
class Walk:
    """`url` is where the API begins. `callback_url` may be empty. `wait` allows a step of twenty minutes."""

    url: str
    engine: Engine
    callback_url: str = ""
    wait: bool = True
    run: str = field(default_factory=lambda: uuid4().hex[:8])

    def __post_init__(self) -> None:
        ends = self.engine.clock.now() + HOUR
        caller = ApiKey(org=ORG, plan="paid", label=f"smoke {self.run}", expires_at=ends)
        key = issue_key(self.engine.keys, caller, PREFIX)
        self.client = httpx.Client(timeout=35, headers={"Authorization": f"Bearer {key}"})

    @cached_property
    def examples(self) -> dict[str, Any]:
        """Return the body of a submission for each job type, from the API's description."""
        paths = self.request("GET", "/openapi.json", 200).json()["paths"]
        content = paths["/v1/jobs"]["post"]["requestBody"]["content"]["application/json"]
        return {name: each["value"] for name, each in content["examples"].items()}

    def request(
        self, method: str, path: str, status: int, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Raises: Failed if the answer has another status."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.request(method, self.url + path, json=body, headers=sent)
        if answer.status_code != status:
            raise Failed(f"{method} {path} returned {answer.status_code}, not {status}: {answer.text[:500]}")
        return answer

    def body(self, job_type: str, **changes: Any) -> dict[str, Any]:
        """Return a submission of this type. Raises: Skipped if it is not deployed."""
        if job_type not in self.examples:
            raise Skipped(f"no app has the job type {job_type}")
        return {"type": job_type, "input": self.examples[job_type]["input"]} | changes

    def submit(self, job_type: str, **changes: Any) -> str:
        return str(self.request("POST", "/v1/jobs", 202, self.body(job_type, **changes)).json()["job_id"])

    def until(self, what: str, found: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Return the first true value of `found`. Raises: Failed after `patience` seconds."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if value := found():
                return value
            time.sleep(PAUSE)
        raise Failed(f"{what}: not within {patience:.0f} s")

    def ended(self, job_id: str, patience: float = PATIENCE) -> dict[str, Any]:
        def look() -> Any:
            job = self.request("GET", f"/v1/jobs/{job_id}", 200).json()
            return job if job["status"] in ("completed", "failed") else None

        job: dict[str, Any] = self.until(f"the end of job {job_id}", look, patience)
        return job

    def completed(self, job_id: str, patience: float = PATIENCE) -> dict[str, Any]:
        job = self.ended(job_id, patience)
        expect(f"the end of job {job_id} ({job.get('error')})", job["status"], "completed")
        return job


def expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Failed(f"{what}: {found!r}, not {wanted!r}")


class Step(NamedTuple):
    promise: str
    take: Callable[[Walk], None]


def a_job(walk: Walk) -> None:
    walk.completed(walk.submit("text_statistics"))


def a_repeated_request(walk: Walk) -> None:
    body, key = walk.body("text_statistics"), f"smoke-{walk.run}"
    first = walk.request("POST", "/v1/jobs", 202, body, Idempotency_Key=key)
    again = walk.request("POST", "/v1/jobs", 202, body, Idempotency_Key=key)
    expect("Idempotent-Replayed", again.headers.get("Idempotent-Replayed"), "true")
    expect("the repeated answer", again.json()["job_id"], first.json()["job_id"])


def credits_of_a_job(walk: Walk) -> None:
    body = walk.body("review_simulation")
    walk.engine.credits.add_credits(ORG, FUNDS, walk.engine.clock.now(), walk.engine.randomness.token())
    before = walk.engine.credits.credits(ORG)
    job_id = walk.request("POST", "/v1/jobs", 202, body).json()["job_id"]
    charged = before - walk.engine.credits.credits(ORG)
    if charged <= 0:
        raise Failed(f"the job was charged {charged} credits")
    refund = charged if walk.ended(job_id)["status"] == "failed" else 0
    expect("the credits after its end", walk.engine.credits.credits(ORG), before - charged + refund)


def a_schedule(walk: Walk) -> None:
    path = f"/v1/schedules/smoke-{walk.run}"
    definition = walk.body("text_statistics", cron="0 0 1 1 *")
    walk.request("PUT", path, 201, definition)
    walk.request("GET", path, 200)
    walk.request("DELETE", path, 204)
    walk.request("GET", path, 404)


def a_large_result(walk: Walk) -> None:
    job = walk.completed(walk.submit("text_statistics", input={"text": "a" * LONG_WORD}))
    if "result_url" not in job:
        raise Failed("the result is shown with the job, so it is not large")
    answer = walk.request("GET", f"/v1/jobs/{job['job_id']}/result", 303)
    # Without the API key: a presigned URL takes no second authentication.
    stored = httpx.get(answer.headers["Location"], timeout=35)
    expect("the status of the stored result", stored.status_code, 200)
    expect("the length of the longest keyword", len(stored.json()["keywords"][0]["word"]), LONG_WORD)


def files(walk: Walk) -> None:
    walk.body("table_report")
    size = len(TABLE)
    upload = walk.request("POST", "/v1/uploads", 201, {"content_type": "text/csv", "size": size}).json()
    for content, status in ((TABLE[:-1], 403), (TABLE, 200), (bytes(size), 412)):
        length = {"Content-Length": str(len(content))}
        sent = httpx.put(upload["url"], content=content, headers=upload["headers"] | length, timeout=35)
        expect(f"the status of an upload of {len(content)} of {size} bytes", sent.status_code, status)
    table = {"upload_id": upload["upload_id"]}
    job = walk.completed(walk.submit("table_report", input={"table": table}))
    answer = walk.request("GET", job["result"]["report"]["url"], 303)
    report = httpx.get(answer.headers["Location"], timeout=35)
    expect("the report", report.text.splitlines()[1:], ["item,2,0,,,,", "price,2,2,12.5,30.0,42.5,21.25"])


def a_callback(walk: Walk) -> None:
    if not walk.callback_url:
        raise Skipped("no CALLBACK=<URL> was given")
    issue_secret(walk.engine.documents, ORG, walk.engine.clock.now())  # a callback is always signed
    job_id = walk.submit("text_statistics", callback_url=walk.callback_url)

    def delivered() -> Any:
        status = walk.request("GET", f"/v1/jobs/{job_id}", 200).json()["callback"]["status"]
        if status == "failed":
            raise Failed("the callback was given up")
        return status == "delivered"

    walk.until(f"the callback to {walk.callback_url}", delivered)


def a_cancelled_job(walk: Walk) -> None:
    job_id = walk.submit("text_statistics", run_at=ahead(FAR))
    job = walk.request("POST", f"/v1/jobs/{job_id}/cancel", 202).json()
    expect("the cancelled job's code", job.get("error", {}).get("code"), "cancelled")


def a_far_timer(walk: Walk) -> None:
    if not walk.wait:
        raise Skipped("WAIT=no was given: it takes 20 minutes")
    run_at = ahead(FAR)
    job_id = walk.submit("text_statistics", run_at=run_at)
    walk.completed(job_id, FAR + PATIENCE)
    [execution] = walk.request("GET", f"/v1/jobs/{job_id}/executions", 200).json()["executions"]
    late = datetime.fromisoformat(execution["started_at"]) - datetime.fromisoformat(run_at)
    if not timedelta(0) <= late <= timedelta(seconds=LATE):
        raise Failed(f"the timer started {late.total_seconds():.3f} s after its time")


def ahead(seconds: float) -> str:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


STEPS = (
    Step("a job is accepted, runs on a worker and is served", a_job),
    Step("a request repeated with its Idempotency-Key starts one job", a_repeated_request),
    Step("a job's credits are charged with it, in one transaction", credits_of_a_job),
    Step("a schedule is stored and deleted", a_schedule),
    Step("a result over 256 KiB is served through a redirect to the bucket", a_large_result),
    Step("a file is uploaded once and as announced, and a result's file downloaded", files),
    Step("the end of a job is sent to a URL", a_callback),
    Step("a waiting job is cancelled", a_cancelled_job),
    Step("a timer 20 minutes ahead starts at its second", a_far_timer),
)


def walk_through(walk: Walk, steps: tuple[Step, ...] = STEPS) -> Iterator[tuple[str, bool]]:
    """Take each step, and yield a line about it and whether it is no failure."""
    for step in steps:
        began = time.monotonic()
        try:
            step.take(walk)
        except Skipped as reason:
            yield f"skipped  {step.promise}: {reason}", True
        except (Failed, httpx.HTTPError) as error:
            yield f"FAILED   {step.promise}: {error}", False
        else:
            yield f"ok       {step.promise} ({time.monotonic() - began:.1f} s)", True
