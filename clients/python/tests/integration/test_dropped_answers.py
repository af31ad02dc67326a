"""Against a server that drops every second answer, each run is one job."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import contextmanager, nullcontext
from itertools import cycle
from typing import TYPE_CHECKING

import httpx
import pytest

from claimcheck_client import AsyncClaimcheck, Claimcheck
from clients.python.tests.kit import Pauses
from tests.kit.http_world import served
from tests.kit.world import Echo, Words, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.authoring.context import JobContext

RUNS = pytest.mark.parametrize("runs", [100, pytest.param(500, marks=pytest.mark.soak)])


@contextmanager
def unreliable(handled: Counter[str]) -> Iterator[tuple[str, World]]:
    """Serve a world whose workers are fast. It handles every request, and answers every second one."""

    def echo(given: Words, job: JobContext) -> Echo:
        handled[given.text] += 1
        return Echo(text=given.text)

    # The worker runs in the server's thread, where no signal can stop a handler.
    world = World(handlers={"echo": echo}, timer=lambda duration: nullcontext())
    dropping = cycle([True, False])

    def drop() -> bool:
        world.work()
        return next(dropping)

    with served(world, drop=drop) as url:
        yield url, world


@RUNS
def test_each_run_is_one_job(runs: int) -> None:
    handled = Counter[str]()
    pauses = Pauses()
    with (
        unreliable(handled) as (url, world),
        Claimcheck(
            url,
            world.acme,
            http_client=httpx.Client(trust_env=False),
            clock=pauses.clock,
            sleep=pauses.sleep,
        ) as client,
    ):
        returned = Counter(
            client.run("echo", {"text": str(number)}, timeout=3600)["text"] for number in range(runs)
        )

    assert returned == handled == Counter(map(str, range(runs)))
    assert len(world.store.all_jobs()) == runs


@RUNS
def test_each_run_at_once_is_one_job(runs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # httpcore would look for it on disk, for each lock of each request.
    monkeypatch.setitem(sys.modules, "sniffio", None)
    handled = Counter[str]()
    pauses = Pauses()

    async def run_all(url: str, key: str) -> Counter[str]:
        returned = Counter[str]()
        async with AsyncClaimcheck(
            url,
            key,
            http_client=httpx.AsyncClient(trust_env=False),
            repeat_for=1e9,
            clock=pauses.clock,
            sleep=pauses.async_sleep,
        ) as client:

            async def run_some(numbers: range) -> None:
                for number in numbers:
                    returned.update([(await client.run("echo", {"text": str(number)}, timeout=3600))["text"]])

            await asyncio.gather(*(run_some(range(first, runs, 4)) for first in range(4)))
        return returned

    with unreliable(handled) as (url, world):
        returned = asyncio.run(run_all(url, world.acme))

    assert returned == handled == Counter(map(str, range(runs)))
    assert len(world.store.all_jobs()) == runs
