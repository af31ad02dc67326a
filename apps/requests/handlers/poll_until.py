"""The work of `poll_until`: one request a call, first `start`, then polls until one says that it is over.

Between calls it keeps what the placeholders found and how many polls there were, and runs nowhere.
"""

import json
from typing import Any, TypedDict

from apps.requests.job_types.poll_until import Input, Result, Start
from apps.requests.polling.evaluation import TooCostly, Unanswerable, document_of, evaluated, is_true
from apps.requests.polling.filling import Fields, fields_in, request_of
from apps.requests.sending import Request, Sent, passes, pause_asked, rejected, send, send_or_fail, unanswered
from claimcheck.authoring import Again, Fail, JobContext
from claimcheck.outbound import Answer, OutboundError

# Characters of the upstream's own word about its failure, and of ours about an expression.
MESSAGE = 500
NOTE = 200


class State(TypedDict):
    """What the placeholders found, and how many polls were sent."""

    fields: Fields
    polls: int


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
    state = State(fields=fields_in(input.poll, document_of(sent.answer)), polls=0)
    # Built now to fail now: what cannot be sent will not be sent later.
    request_of(input.poll, state["fields"], start.url)
    return _later(input, job, state, sent.answer)


def _poll(input: Input, job: JobContext, before: State) -> Result | Again:
    state = State(fields=before["fields"], polls=before["polls"] + 1)
    job.note(request="poll", poll=state["polls"])
    request = request_of(input.poll, state["fields"], input.start.url if input.start else None)
    try:
        sent = send(job, request, input.timeout_seconds)
    except OutboundError as error:
        if not error.transient:
            raise unanswered(error) from error
        return _later(input, job, state)
    return _judged(input, job, state, sent)


def _judged(input: Input, job: JobContext, state: State, sent: Sent) -> Result | Again:
    """Of a broken poll no expression is asked: `status != 'running'` would be true of any error page."""
    if passes(sent.answer.status):
        return _later(input, job, state, sent.answer)
    answer = document_of(sent.answer)
    failed = _asked("fail_if", input.fail_if, answer, job)
    if is_true(failed):
        raise Fail("upstream_failed", _said(failed, input, answer))
    if is_true(_asked("until", input.until, answer, job)):
        return Result(status=sent.answer.status, output=_output(input, answer), polls=state["polls"])
    if not 200 <= sent.answer.status < 300:
        raise rejected(sent.answer)
    return _later(input, job, state, sent.answer)


def _asked(name: str, expression: str | None, answer: dict[str, Any], job: JobContext) -> Any:
    """What makes no sense of this answer is not true of it, and on record."""
    if expression is None:
        return None
    try:
        return evaluated(expression, answer)
    except Unanswerable as error:
        job.note(expression_error=f"{name}: {error}"[:NOTE])
        return None
    except TooCostly as error:
        raise Fail("expression_failed", f"{name} takes too much to evaluate.") from error


def _output(input: Input, answer: dict[str, Any]) -> Any:
    if input.result is None:
        return answer["body"]
    try:
        return evaluated(input.result, answer)
    except Unanswerable as error:
        raise Fail("expression_failed", f"result makes no sense of the answer: {error}.") from error
    except TooCostly as error:
        raise Fail("expression_failed", "result takes too much to evaluate.") from error


def _said(failed: Any, input: Input, answer: dict[str, Any]) -> str:
    """The upstream's own word: what `fail_if` found if that is a text, else what `result` finds."""
    if isinstance(failed, str):
        return failed[:MESSAGE]
    try:
        found = evaluated(input.result, answer) if input.result else None
    except (Unanswerable, TooCostly):
        found = None
    if not is_true(found):
        return "The upstream said that it failed."
    return (found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))[:MESSAGE]


def _later(input: Input, job: JobContext, state: State, answer: Answer | None = None) -> Again:
    """Never more often than asked for, nor sooner than the upstream wants."""
    steps = max(state["polls"] - 1, 0)
    wait = min(input.every * input.backoff ** min(steps, 40), input.max_every)
    asked = pause_asked(answer, job.tools.clock.now()) if answer else 0
    return Again(max(wait, asked), state)
