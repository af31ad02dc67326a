"""The work of `http_request`: one request an attempt, and what its answer means."""

import codecs
from base64 import b64encode
from http import HTTPStatus
from typing import Literal

from claimcheck.context import JobContext
from claimcheck.outbound import (
    Answer,
    AnswerBroken,
    AnswerTooLarge,
    OutboundError,
    RequestRefused,
    TimedOut,
    Unreachable,
    redacted_headers,
    retry_after,
)
from claimcheck.outcome import Fail, Outcome, Retry
from job_types.http_request import SHOWN, Input, Result

# Seconds. A server that asks for longer is asked again before it would like to be.
LONGEST_PAUSE = 900
# What the job fails with when there was no answer.
CODES: dict[type[OutboundError], str] = {
    RequestRefused: "request_refused",
    Unreachable: "upstream_unreachable",
    TimedOut: "upstream_timeout",
    AnswerTooLarge: "upstream_answer_too_large",
    AnswerBroken: "upstream_error",
}
# Request Timeout, Too Early, Too Many Requests: of 4xx, what the same request may outlive.
PASSING = frozenset({408, 425, 429})


def handle(input: Input, job: JobContext) -> Result:
    if job.attempt > input.max_retries + 1:
        # A lost worker's attempt counts: nobody knows whether its request was sent.
        raise Fail("attempts_exhausted", "The last attempt was cut off before its answer was known.")
    clock = job.tools.clock
    started = clock.now()
    answer = _answer(input, job)
    duration = clock.now() - started
    if 200 <= answer.status < 300:
        return _result(answer, duration)
    raise _turned_down(answer, input, job)


def _answer(input: Input, job: JobContext) -> Answer:
    # By these a receiver knows a repeat: whoever is asked twice must be able to tell.
    ours = {"Claimcheck-Job-Id": job.job_id, "Claimcheck-Attempt": str(job.attempt)}
    try:
        return job.tools.outbound.request(
            input.method,
            input.url,
            {**input.headers, **ours},
            input.body.encode() or None,
            timeout=input.timeout_seconds,
        )
    except OutboundError as error:
        code = CODES[type(error)]
        outcome = _again(input, job, code, error.message) if error.transient else Fail(code, error.message)
        raise outcome from error


def _turned_down(answer: Answer, input: Input, job: JobContext) -> Outcome:
    said = f"The server answered {_named(answer.status)}"
    if answer.status in PASSING or answer.status >= 500:
        pause = retry_after(answer.headers, job.tools.clock.now())
        return _again(input, job, "upstream_error", said, pause)
    redirect = ", and redirects are not followed" if answer.status < 400 else ""
    return Fail("upstream_rejected", f"{said}{redirect}.")


def _again(input: Input, job: JobContext, code: str, message: str, pause: float | None = None) -> Outcome:
    """Another attempt, or the end when this was the last. A pause of 0 is left to the policy's backoff."""
    message = f"{message} (attempt {job.attempt} of {input.max_retries + 1})."
    if job.attempt > input.max_retries:
        return Fail(code, message)
    return Retry(min(pause, LONGEST_PAUSE) if pause else None, message, code)


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _result(answer: Answer, duration: int) -> Result:
    body, encoding = _shown(answer.body)
    return Result(
        status=answer.status,
        headers=redacted_headers(answer.headers),
        body=body,
        body_encoding=encoding,
        truncated=len(answer.body) > SHOWN,
        duration_ms=duration,
    )


def _shown(body: bytes) -> tuple[str, Literal["text", "base64"]]:
    kept = body[:SHOWN]
    try:
        # A character that the cut went through is left out.
        return codecs.getincrementaldecoder("utf-8")().decode(kept, final=kept == body), "text"
    except UnicodeDecodeError:
        return b64encode(kept).decode(), "base64"
