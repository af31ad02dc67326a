"""Requests with a key, and their repeats."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import httpx

from claimcheck_client._errors import ApiError, NoAnswer, WaitTimeout
from claimcheck_client._exchange import (
    NO_ANSWER,
    Repeats,
    check_key,
    is_transient,
    is_transient_in_bucket,
    read,
    retry_after,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

logger = logging.getLogger("claimcheck_client")
USER_AGENT = "claimcheck-client-python"


@dataclass(frozen=True)
class Connection:
    """A deployment, and how patient to be with it."""

    http: httpx.Client
    url: str
    key: str
    repeat_for: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    randomness: Callable[[], float]

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        deadline: float = inf,
        transient: Callable[[httpx.Response], bool] = is_transient,
    ) -> httpx.Response:
        """Send a request, and repeat it while there is no answer or a transient one.

        Raises: ApiError, NoAnswer.
        """
        check_key(idempotency_key)
        headers = {"Authorization": f"Bearer {self.key}", "User-Agent": USER_AGENT}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        content = None if body is None else write(body)

        def attempt() -> httpx.Response:
            return self.http.request(
                method,
                self.url + path,
                content=content,
                params=query,
                headers=headers,
                follow_redirects=False,
            )

        response = self.answer(attempt, deadline, transient)
        if response.is_success or response.status_code == httpx.codes.SEE_OTHER:
            return response
        raise ApiError.of(response)

    def download(self, url: str) -> Any:
        """Return the JSON at a signed URL, which must not receive the key."""
        response = self.answer(lambda: self.http.get(url), inf, is_transient_in_bucket)
        if not response.is_success:
            raise ApiError.of(response)
        return read(response)

    def answer(
        self,
        attempt: Callable[[], httpx.Response],
        deadline: float,
        transient: Callable[[httpx.Response], bool],
    ) -> httpx.Response:
        """Return the answer of an attempt, made again until it is not transient or no time is left."""
        repeats = Repeats(self.clock, self.randomness, self.repeat_for, deadline)
        # A batch of which some jobs were accepted: the caller needs their ids, also if no repeat succeeds.
        partial: httpx.Response | None = None
        while True:
            try:
                response = attempt()
            except NO_ANSWER as error:
                place = error.request.url.netloc.decode()
                reason = f"{place} did not answer ({type(error).__name__}: {error})"
                if (pause := repeats.pause(0)) is None:
                    if partial is not None:
                        return partial
                    raise NoAnswer(reason) from error
            else:
                reason = f"{response.url.netloc.decode()} answered {response.status_code}"
                if not transient(response):
                    return response
                partial = response if response.is_success else partial
                if (pause := repeats.pause(retry_after(response))) is None:
                    return partial or response
            logger.info("%s: trying again in %.1f s", reason, pause)
            self.sleep(pause)

    def pages(self, path: str, name: str, query: Mapping[str, Any] = {}) -> Iterator[Any]:
        """Yield the entries `name` of all pages. A page can be empty and still have a next one."""
        cursor: dict[str, str] = {}
        while True:
            page = read(self.send("GET", path, query={"limit": 100, **query, **cursor}))
            yield from page[name]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def next_look(self, response: httpx.Response) -> float:
        """Return the time of the next poll: `Retry-After` from now, and up to a tenth later."""
        return self.clock() + retry_after(response) * (1 + self.randomness() / 10)

    def sleep_until(self, time: float) -> None:
        if (pause := time - self.clock()) > 0:
            self.sleep(pause)

    def check_time(self, deadline: float, job_ids: list[str]) -> None:
        """Raises: WaitTimeout after the deadline."""
        if self.clock() >= deadline:
            raise WaitTimeout(job_ids)
