"""The handler of `poll_until`: each call sends one request, first `start`, then polls until the end."""

import json
from typing import Any, NotRequired, TypedDict

from apps.requests.job_types.poll_until import Input, Result, Start
from apps.requests.polling.evaluation import TooCostly, Unanswerable, document_of, evaluated, is_true
from apps.requests.polling.filling import Fields, fields_in, request_of
from apps.requests.sending import Request, is_temporary, pause_asked, rejected, send, send_or_fail, unanswered
from claimcheck.authoring import Again, Fail, JobContext
from claimcheck.domain.job import MINUTE, Millis
from claimcheck.outbound import Answer, OutboundError

# Characters of the upstream's message, and of a note about an expression.
MESSAGE = 500
NOTE = 200


# How long a server may not know yet what it has started.
GRACE = MINUTE


class State(TypedDict):
    """The state between calls: the values of the placeholders, the number of polls sent, and when `start` was
    answered."""

    fields: Fields
    polls: int
    started_at: NotRequired[Millis]


def handle(input: Input, job: JobContext) -> Result | Again:
    if input.start is not None and job.state is None:
        return _start(input, input.start, job)
    return _poll(input, job, job.state or State(fields={}, polls=0))


def _start(input: Input, start: Start, job: JobContext) -> Again:
    job.note(request="start")
    named = any(name.lower() == "idempotency-key" for name in start.headers)
    headers = start.headers if named else {**start.headers, "Idempotency-Key": job.job_id}
    request = Request(start.method, start.url, headers, start.body)
    sent = send_or_fail(job, request, input.timeout_seconds, input.max_retries)
    fields = fields_in(input.poll, document_of(sent.answer))
    state = State(fields=fields, polls=0, started_at=job.tools.clock.now())
    # Build the first poll now, so that a bad one fails at once.
    request_of(input.poll, state["fields"], start.url)
    return _later(input, job, state, sent.answer)


def _poll(input: Input, job: JobContext, before: State) -> Result | Again:
    state: State = {**before, "polls": before["polls"] + 1}
    job.note(request="poll", poll=state["polls"])
    request = request_of(input.poll, state["fields"], input.start.url if input.start else None)
    try:
        answer, _ = send(job, request, input.timeout_seconds)
    except OutboundError as error:
        if not error.transient:
            raise unanswered(error) from error
        return _later(input, job, state)
    # No expression is evaluated on an error page: `status != 'running'` would be true of any.
    if is_temporary(answer.status) or answer.status in input.pending_statuses:
        return _later(input, job, state, answer)
    document = document_of(answer)
    failed = _evaluated("fail_if", input.fail_if, document, job)
    if is_true(failed):
        raise Fail("upstream_failed", _failure(failed, input, document))
    if is_true(_evaluated("until", input.until, document, job)):
        return Result(status=answer.status, output=_output(input, document), polls=state["polls"])
    early = answer.status == 404 and job.tools.clock.now() < state.get("started_at", -GRACE) + GRACE
    if not (200 <= answer.status < 300 or early):
        raise rejected(answer)
    return _later(input, job, state, answer)


def _evaluated(name: str, expression: str | None, document: dict[str, Any], job: JobContext) -> Any:
    """Evaluate a condition. One that does not fit the answer is noted and counts as false."""
    if expression is None:
        return None
    try:
        return evaluated(expression, document)
    except Unanswerable as error:
        job.note(expression_error=f"{name}: {error}"[:NOTE])
        return None
    except TooCostly as error:
        raise Fail("expression_failed", f"{name} takes too much to evaluate.") from error


def _output(input: Input, document: dict[str, Any]) -> Any:
    if input.result is None:
        return document["body"]
    try:
        return evaluated(input.result, document)
    except Unanswerable as error:
        raise Fail("expression_failed", f"result does not fit the answer: {error}.") from error
    except TooCostly as error:
        raise Fail("expression_failed", "result takes too much to evaluate.") from error


def _failure(failed: Any, input: Input, document: dict[str, Any]) -> str:
    """Return the upstream's message: the value of `fail_if` if it is a string, otherwise of `result`."""
    found = failed
    if not isinstance(failed, str):
        try:
            found = evaluated(input.result, document) if input.result else None
        except (Unanswerable, TooCostly):
            found = None
    if not is_true(found):
        return "The upstream reported a failure."
    return (found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))[:MESSAGE]


def _later(input: Input, job: JobContext, state: State, answer: Answer | None = None) -> Again:
    """Schedule the next poll, at the input's pace or after a longer `Retry-After`."""
    steps = max(state["polls"] - 1, 0)
    wait = min(input.every * input.backoff ** min(steps, 40), input.max_every)
    asked = pause_asked(answer, job.tools.clock.now()) if answer else 0
    return Again(max(wait, asked), state)
