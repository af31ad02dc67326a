"""A client of the whole service in memory, whose pauses move the service's clock."""

from __future__ import annotations

from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from claimcheck.domain.job import SECOND
from claimcheck.testing import MemoryObjectStore
from claimcheck.testing.files import MEMORY
from claimcheck_client import AsyncClaimcheck, Claimcheck
from tests.kit.world import Answer, World, event

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://claimcheck.example"
STORAGE = "https://storage.example"


class SignedObjectStore(MemoryObjectStore):
    def url(self, key: str) -> str:
        return f"{STORAGE}/{key}"


@dataclass
class Pauses:
    """A clock that only pauses move, and the pauses."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)

    async def async_sleep(self, seconds: float) -> None:
        self.sleep(seconds)


def scripted(
    answers: Callable[[httpx.Request], httpx.Response], pauses: Pauses, **changes: Any
) -> Claimcheck:
    """Return a client whose requests are answered by a function, and that draws no luck."""
    return Claimcheck(
        URL,
        "key",
        http_client=httpx.Client(transport=httpx.MockTransport(answers)),
        clock=pauses.clock,
        sleep=pauses.sleep,
        **{"randomness": lambda: 0.0} | changes,
    )


@dataclass
class Service:
    """A world, and every request that it got."""

    world: World
    requests: list[httpx.Request] = field(default_factory=list)

    @property
    def client(self) -> Claimcheck:
        return self.client_with(self.world.acme)

    def client_with(self, key: str) -> Claimcheck:
        http = httpx.Client(transport=httpx.MockTransport(self._answer))
        return Claimcheck(URL, key, http_client=http, clock=self._clock, sleep=self._sleep)

    @property
    def async_client(self) -> AsyncClaimcheck:
        async def sleep(seconds: float) -> None:
            self._sleep(seconds)

        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        return AsyncClaimcheck(URL, self.world.acme, http_client=http, clock=self._clock, sleep=sleep)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host != httpx.URL(URL).host:
            return self._store(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        path, _, query = request.url.raw_path.decode().partition("?")
        asked = event(request.method, path, request.content, headers, query)
        with redirect_stdout(None):  # its logs are not the client's output
            answer = Answer.of(self.world.api.handle(asked))
        return httpx.Response(answer.status, headers=answer.headers, text=answer.text)

    def _store(self, request: httpx.Request) -> httpx.Response:
        """Answer as the bucket, which has files of a ServedFileStore, and objects."""
        key, files = request.url.path.removeprefix("/"), self.world.files
        if request.method == "PUT":
            headers = {name.title(): value for name, value in request.headers.items()}
            return httpx.Response(files.send(MEMORY + key, headers, request.read()))
        if key in files.files:
            return httpx.Response(200, content=files.files[key].content)
        return httpx.Response(200, text=self.world.objects.get(key))

    def _clock(self) -> float:
        return self.world.clock.now() / SECOND

    def _sleep(self, seconds: float) -> None:
        with redirect_stdout(None):
            self.world.advance(round(seconds * SECOND))
