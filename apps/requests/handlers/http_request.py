"""The handler of `http_request`: each attempt sends one request."""

from apps.requests.job_types.http_request import SHOWN, Input, Result
from apps.requests.sending import Request, send_or_fail, shown
from claimcheck.authoring import JobContext
from claimcheck.outbound import redacted_headers


def handle(input: Input, job: JobContext) -> Result:
    request = Request(input.method, input.url, input.headers, input.body)
    answer, duration = send_or_fail(job, request, input.timeout_seconds, input.max_retries)
    body, encoding = shown(answer.body, SHOWN)
    return Result(
        status=answer.status,
        headers=redacted_headers(answer.headers),
        body=body,
        body_encoding=encoding,
        truncated=len(answer.body) > SHOWN,
        duration_ms=duration,
    )
