"""The errors of the client. All are a `ClaimcheckError`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from claimcheck_client._documents import JobDocument


class ClaimcheckError(Exception):
    """Any error of this client."""


class ApiError(ClaimcheckError):
    """The API refused a request.

    `code` is stable: docs/errors.md lists all codes. `errors` names each wrong field of an `invalid_fields`.
    An answer that is no problem of the API, such as one of a proxy, has the code `http_<status>`.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: list[dict[str, str]] | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(status, code, detail, errors, request_id)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors or []
        self.request_id = request_id

    def __str__(self) -> str:
        wrong = "".join(
            f"\n  {each.get('pointer') or each.get('parameter') or 'body'}: {each.get('message', '')}"
            for each in self.errors
        )
        return f"{self.status} {self.code}: {self.detail}{wrong}"

    @property
    def transient(self) -> bool:
        """Whether the same request can succeed within minutes."""
        return self.status in TRANSIENT_STATUSES and self.code != "daily_limit_reached"

    @classmethod
    def of(cls, response: httpx.Response) -> Self:
        """Return the error of a refused request."""
        try:
            problem = response.json()
        except ValueError:
            problem = None
        if not isinstance(problem, dict):
            problem = {"message": f"{response.reason_phrase or 'no reason'}, from {response.url.host}"}
        return cls.of_problem(response.status_code, problem)

    @classmethod
    def of_problem(cls, status: int, problem: Mapping[str, Any]) -> Self:
        """Return the error of an RFC 9457 problem, or of API Gateway's `{"message": …}`."""
        return cls(
            status,
            problem.get("code", f"http_{status}"),
            problem.get("detail") or problem.get("message", ""),
            problem.get("errors"),
            problem.get("request_id"),
        )


@contextmanager
def unless(code: str) -> Iterator[None]:
    """Suppress the ApiError with this code."""
    try:
        yield
    except ApiError as error:
        if error.code != code:
            raise


TRANSIENT_STATUSES = frozenset({429, 502, 503, 504})
"""A rate limit, or a server that was not available."""


class NoAnswer(ClaimcheckError):
    """The server could not be reached, or did not answer in time. `__cause__` is httpx's error."""


class JobFailed(ClaimcheckError):
    """A job has failed. `code` is its `error.code`: docs/errors.md says for each whether to retry."""

    def __init__(self, document: JobDocument) -> None:
        super().__init__(document)
        self.document = document
        self.job_id = document["job_id"]
        self.code = document["error"]["code"]
        self.message = document["error"]["message"]

    def __str__(self) -> str:
        return f"Job {self.job_id} failed with {self.code}: {self.message}"


class WaitTimeout(ClaimcheckError, TimeoutError):
    """Jobs had not ended within the timeout. They go on: wait again, or cancel them."""

    def __init__(self, job_ids: list[str]) -> None:
        super().__init__(job_ids)
        self.job_ids = job_ids

    def __str__(self) -> str:
        more = len(self.job_ids) - 3
        named = ", ".join(self.job_ids[:3]) + (f" and {more} more" if more > 0 else "")
        return f"Not ended within the timeout: {named}"


class InvalidSignature(ClaimcheckError):
    """A callback is not signed with the secret, or is not of the last five minutes."""
