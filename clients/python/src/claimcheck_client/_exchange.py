"""How bodies are written, answers are read, and requests are repeated: all that needs no I/O."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx

from claimcheck_client._errors import TRANSIENT_STATUSES, ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck_client._documents import JobFilter

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
"""Seconds before the second try, and before later ones, without `Retry-After`. Each is cut by up to half."""

NO_ANSWER = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError)
"""The errors after which a request may work. After any other of httpx it never will."""


@dataclass
class Repeats:
    """The tries of one request: for `repeat_for` seconds after the first has failed, and until `deadline`.

    The first can take any time: that of a large file takes minutes until it breaks.
    """

    clock: Callable[[], float]
    randomness: Callable[[], float]
    repeat_for: float
    deadline: float = math.inf
    tries: int = 0

    def pause(self, retry_after: float) -> float | None:
        """Return the seconds to the next try, at least `retry_after`, or None if that is too late."""
        if self.tries == 0:
            self.deadline = min(self.clock() + self.repeat_for, self.deadline)
        least = max(retry_after, min(FIRST_PAUSE * 2**self.tries, LONGEST_PAUSE) / 2)
        pause = least + min(least, LONGEST_PAUSE / 2) * self.randomness()
        self.tries += 1
        return pause if self.clock() + pause <= self.deadline else None


def retry_after(response: httpx.Response) -> float:
    """Return the seconds of `Retry-After`. 0 without them."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else 0.0


def is_transient(response: httpx.Response) -> bool:
    return response.status_code in TRANSIENT_STATUSES and ApiError.of(response).transient


def is_transient_in_bucket(response: httpx.Response) -> bool:
    """S3 also asks to repeat a request after 409 and 500 (Amazon S3 API Reference, "Error responses")."""
    return response.status_code in TRANSIENT_STATUSES | {409, 500}


def has_transient_entry(response: httpx.Response) -> bool:
    """Whether a batch, or any of its jobs, can be accepted later."""
    if response.status_code != httpx.codes.OK:
        return is_transient(response)
    return any(
        "error" in entry and ApiError.of_problem(entry["status"], entry["error"]).transient
        for entry in read(response)["jobs"]
    )


def read(response: httpx.Response) -> Any:
    """Return the JSON of a response. Raises: ApiError if it has none."""
    try:
        return response.json()
    except ValueError as error:
        detail = f"{response.url.host} did not answer with JSON. Is the URL right?"
        raise ApiError(response.status_code, f"http_{response.status_code}", detail) from error


def check_url(url: str) -> None:
    """Raises: ValueError if it is no URL of a deployment."""
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"url must start with https:// or http://, unlike {url!r}")
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL as error:
        raise ValueError(f"url cannot be read: {error}") from error
    if not host or " " in host or "%" in host:
        raise ValueError(f"url must have a host, unlike {url!r}")


def check_key(name: str | None) -> None:
    """Raises: ValueError if it is no Idempotency-Key."""
    if name is not None and not (1 <= len(name) <= 255 and name.isascii() and name.isprintable()):
        raise ValueError("idempotency_key must have 1 to 255 printable ASCII characters")


def origin_of(url: str) -> str:
    """Return a URL without its path."""
    return str(httpx.URL(url).copy_with(raw_path=b"/")).rstrip("/")


def query_of(filters: JobFilter) -> dict[str, str]:
    """Return the parameters of `GET /v1/jobs` for some filters."""
    query = {f"metadata[{name}]": value for name, value in filters.get("metadata", {}).items()}
    for name, value in filters.items():
        if name != "metadata":
            query[name] = value.isoformat() if isinstance(value, datetime) else str(value)
    return query


def write(body: Any) -> bytes:
    """Return a body as JSON. It can contain models and times. Raises: TypeError, ValueError."""
    return json.dumps(body, default=_plain, allow_nan=False).encode()


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is neither JSON nor a model")


def typed(value: Any, result_type: Any) -> Any:
    """Return the value as an instance of a pydantic model. Any other type only helps type checkers."""
    validate = getattr(result_type, "model_validate", None)
    return value if validate is None else validate(value)


def deadline_of(timeout: float | None, now: float) -> float:
    return math.inf if timeout is None else now + timeout
