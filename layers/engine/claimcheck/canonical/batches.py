"""`POST /v1/jobs/batch`: many submissions in one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from claimcheck.authoring.catalog import JobModel, parsed
from claimcheck.canonical.rendering import render_accepted, render_existing
from claimcheck.canonical.requests import submission_of
from claimcheck.domain.errors import ClaimcheckError, FieldError, InvalidFields, JobExpired
from claimcheck.http.admission import rate_limit_headers
from claimcheck.http.contract import Call, Response
from claimcheck.http.problems import render_problem
from claimcheck.http.submissions import UNIQUE_KEY, key_of, with_headers
from claimcheck.service.batches import MAX_ENTRIES, Entry
from claimcheck.service.reader import pause

if TYPE_CHECKING:
    from claimcheck.canonical.described import responses
    from claimcheck.domain.errors import RateLimited
    from claimcheck.http.admission import Caller
    from claimcheck.service.batches import Outcome
    from claimcheck.service.submission import Draft


class SubmitBatch(JobModel):
    """New jobs."""

    jobs: list[Any] = Field(description=f"1 to {MAX_ENTRIES} jobs.", min_length=1, max_length=MAX_ENTRIES)


def submit(call: Call) -> Response:
    """Raises: InvalidFields, RateLimited; what `Request.json` and `key_of` raise."""
    asked = parsed(SubmitBatch, call.request.json()).jobs
    if len(asked) > 1 and UNIQUE_KEY in call.request.headers:
        message = "must be in the body: the header Claimcheck-Unique-Key is for one job"
        raise InvalidFields([FieldError("/jobs/0/unique_key", message)])
    caller, limiter = call.caller, call.engine.daily_limiter
    assert caller is not None
    headers = _spend(call, caller, len(asked))
    granted = 0

    def grant(wanted: int) -> tuple[int, RateLimited | None]:
        nonlocal granted
        granted, refusal = limiter.grant(caller, wanted)
        return granted, refusal

    outcomes = call.engine.batches.submit(call.org, [_entry(call, *each) for each in enumerate(asked)], grant)
    limiter.settle(caller, granted, outcomes)
    document: responses.BatchOutcome = {"jobs": [_render(call, each) for each in outcomes]}
    accepted = [each for each in outcomes if not isinstance(each, ClaimcheckError)]
    if accepted:
        headers["Retry-After"] = str(min(pause(each.job, each.job.created_at) for each in accepted))
    if accepted and all(each.replayed for each in accepted):
        headers["Idempotent-Replayed"] = "true"
    return Response.json(200, document).with_headers(headers)


def _spend(call: Call, caller: Caller, entries: int) -> dict[str, str]:
    """Count each entry as a request: the first is counted already. Return the headers of the limit."""
    limit = caller.key.limit
    if entries > limit:
        message = f"has {entries} jobs, and this API key is limited to {limit} requests a minute"
        raise InvalidFields([FieldError("/jobs", message)])
    if entries == 1:
        return {}
    return rate_limit_headers(call.engine.limiter.spend(caller, entries - 1))


def _entry(call: Call, number: int, body: Any) -> Entry:
    def read() -> Draft:
        return with_headers(call, submission_of(body, call.key, call.engine.submission))

    key = key_of(call, body)
    return Entry(read, key and key.of_entry(number))


def _render(call: Call, outcome: Outcome) -> responses.Entry:
    if not isinstance(outcome, ClaimcheckError) and outcome.expired:
        outcome = JobExpired()
    if isinstance(outcome, ClaimcheckError):
        status = call.dialect.status_of(type(outcome))
        return {"status": status, "error": render_problem(outcome, status, call.request)}
    if outcome.existing:
        return {"status": 200, "job": render_existing(outcome.job)}
    return {"status": 202, "job": render_accepted(outcome.job)}
