"""A broken handler costs the attempts of its own jobs, and never a worker or another job."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import field_validator

import apps
from apps import index
from claimcheck.authoring import JobModel, RetryPolicy
from claimcheck.authoring.catalog import Catalog, Declaration
from claimcheck.domain.job import HOUR, MINUTE
from claimcheck.installed import find_handler
from claimcheck.service.attempt import limit
from tests.kit.world import Words, World, echo, job_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from claimcheck.authoring.context import JobContext

ALARM = {signal.SIGALRM}
ONCE = RetryPolicy(max_attempts=1)
TWICE = RetryPolicy(max_attempts=2, base=60, cap=60)


def soon(duration: int) -> AbstractContextManager[None]:
    """A timer that is twenty times too fast, so that only a type with a timeout of 1 s is stopped."""
    return limit(duration // 20)


@pytest.fixture
def world_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., World]]:
    """Return a world with the type `echo`, and the type `broken` whose handler's module has this source."""
    handlers = tmp_path / "scratch" / "handlers"
    handlers.mkdir(parents=True)
    monkeypatch.setattr(apps, "__path__", [*apps.__path__, str(tmp_path)])
    monkeypatch.setitem(index.HANDLERS, "broken", "apps.scratch.handlers.broken")

    def make(source: str, timeout: int = 60) -> World:
        (handlers / "broken.py").write_text(source)
        broken = job_type("broken", retry=TWICE, timeout=timeout)
        world = World({"echo": echo}, [job_type(), broken], timer=soon)
        world.rebuild(find_handler=lambda name: world.handlers.get(name) or find_handler(name))
        return world

    yield make
    for name in [name for name in sys.modules if name.startswith("apps.scratch")]:
        del sys.modules[name]


def test_a_job_type_that_cannot_be_loaded_waits_for_a_deploy_and_others_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broken_type.py").write_text("raise SystemExit('no licence')")
    monkeypatch.syspath_prepend(str(tmp_path))
    world = World({"echo": echo, "broken": echo}, [job_type(), job_type("broken")])
    broken = submit(world, "broken")
    world.rebuild(catalog=Catalog([job_type(), Declaration("broken", 1, 60, "broken_type")]))
    world.work()
    fine = world.submit()
    world.work()

    waiting = world.job(broken)
    assert (waiting.ended_at, waiting.attempt) == (None, 0)
    assert world.job(fine).status == "completed"
    assert "job type not loaded" in caplog.messages
    world.rebuild(catalog=Catalog([job_type(), job_type("broken")]))
    world.advance(MINUTE)
    assert world.job(broken).status == "completed"


def submit(world: World, name: str) -> str:
    accepted = world.request("POST", "/v1/jobs", {"type": name, "input": {"text": "Coat."}})
    return str(accepted.json["job_id"])


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("import a_package_that_is_not_shipped", "handler_unavailable"),
        ("raise RuntimeError('no configuration')", "handler_unavailable"),
        ("raise SystemExit(1)", "handler_unavailable"),
        ("def handel(given, job): ...", "handler_unavailable"),
        ("while True: pass", "timeout"),
    ],
    ids=["missing package", "raises", "exits", "no handle", "hangs"],
)
def test_a_module_that_cannot_be_imported_costs_the_attempts_of_its_job(
    world_of: Callable[..., World], source: str, code: str
) -> None:
    world = world_of(source, timeout=1 if code == "timeout" else 60)
    broken, other = submit(world, "broken"), submit(world, "echo")

    world.work()
    world.advance(5 * MINUTE)

    job = world.job(broken)
    assert job.error is not None
    assert (job.attempt, job.error.code) == (2, code)
    assert world.job(other).result is not None


def test_a_handler_that_is_repaired_by_a_deploy_runs(world_of: Callable[..., World]) -> None:
    world = world_of("import a_package_that_is_not_shipped")
    job_id = submit(world, "broken")
    world.work()

    world.handlers["broken"] = echo
    world.advance(5 * MINUTE)

    assert (world.job(job_id).status, world.job(job_id).attempt) == ("completed", 2)


every_error = pytest.mark.parametrize(
    "error", [asyncio.CancelledError, KeyboardInterrupt, GeneratorExit, SystemExit, RecursionError, KeyError]
)


@every_error
def test_a_handler_may_raise_anything_and_the_worker_survives(error: type[BaseException]) -> None:
    def handle(given: Any, job: Any) -> None:
        raise error

    world = World({"echo": handle}, [job_type(retry=ONCE)])
    job_id = world.submit()

    world.work()

    failed = world.job(job_id).error
    assert failed is not None
    assert failed.code == "attempts_exhausted"


@every_error
@pytest.mark.parametrize("of", ["input", "result"])
def test_a_validator_may_raise_anything_and_the_worker_survives(of: str, error: type[BaseException]) -> None:
    class Checked(JobModel):
        text: str

        @field_validator("text")
        @classmethod
        def check(cls, text: str) -> str:
            raise error

    checked: dict[str, Any] = {of: Checked}
    world = World({"echo": lambda given, job: {"text": "done"}})
    job_id = world.submit()
    world.rebuild(catalog=Catalog([job_type(retry=ONCE, **checked)]))

    world.work()

    failed = world.job(job_id).error
    assert failed is not None
    assert failed.code in ("attempts_exhausted", "invalid_result")


def test_an_input_model_that_was_changed_in_place_is_named_with_its_fields() -> None:
    class Changed(JobModel):
        text: int
        colour: str

    world = World({"echo": echo})
    job_id = world.submit("a coat")
    world.rebuild(catalog=Catalog([job_type(input=Changed)]))

    world.work()

    world.advance(HOUR)
    failed = world.job(job_id).error
    assert failed is not None
    assert failed.code == "invalid_input"
    assert "/colour is required" in failed.message
    assert "/text " in failed.message
    assert "a coat" not in failed.message


def test_an_input_that_only_newer_code_can_read_waits_for_the_deploy() -> None:
    class Newer(Words):
        colour: str | None = None

    newer, older = Catalog([job_type(input=Newer)]), Catalog([job_type()])
    world = World({"echo": echo})
    world.rebuild(catalog=newer)
    job_id = world.submit(input={"text": "Coat.", "colour": "red"})

    world.rebuild(catalog=older)
    world.advance(14 * MINUTE)
    waiting = world.job(job_id)
    world.rebuild(catalog=newer)
    world.advance(MINUTE)

    assert (waiting.ended_at, waiting.attempt) == (None, 0)
    assert world.job(job_id).status == "completed"


@pytest.mark.parametrize("pending", [False, True], ids=["blocked", "blocked, and one is pending"])
def test_a_handler_that_blocks_the_alarm_costs_no_other_job_its_timeout(pending: bool) -> None:
    def block(given: Words, job: JobContext) -> dict[str, str]:
        signal.pthread_sigmask(signal.SIG_BLOCK, ALARM)
        if pending:
            signal.raise_signal(signal.SIGALRM)
        return {"text": "done"}

    def hang(given: Words, job: JobContext) -> None:
        time.sleep(10)

    types = [job_type(name, retry=ONCE) for name in ("block", "echo")]
    types.append(job_type("hang", retry=ONCE, timeout=1))
    world = World({"block": block, "hang": hang, "echo": echo}, types, timer=soon)

    jobs = [submit(world, name) for name in ("block", "echo", "block", "hang")]
    world.work()
    ends = [world.job(job_id) for job_id in jobs]

    assert [job.error and job.error.code for job in ends] == [None, None, None, "timeout"]
    assert ALARM.isdisjoint(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
