"""`make dev` beside other commands, which change or stop its stack."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from threading import Timer
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError

from local import dev, process, working_copy
from local.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def current(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return a file that exists while a stack is current, whose emulator takes no connections."""
    here = tmp_path / "stack.json"
    here.touch()
    monkeypatch.setattr(working_copy, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(working_copy, "up", lambda: None)
    monkeypatch.setattr(working_copy, "current", here.exists)
    monkeypatch.setattr(dev, "look", dict)
    monkeypatch.setattr(dev, "Tail", Unreachable)
    return here


class Unreachable:
    def __init__(self, *_: Any, since: float) -> None: ...

    def read(self) -> Iterator[str]:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def test_it_ends_quietly_while_the_stack_is_stopped_elsewhere(current: Path) -> None:
    elsewhere = ExitStack()

    def stop(_: Any) -> None:
        elsewhere.enter_context(process.alone(working_copy.LOCK))
        elsewhere.callback(current.unlink)
        Timer(0.05, elsewhere.close).start()

    dev.follow(stop)

    assert not current.exists()


def test_a_stack_is_never_read_half_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KEPT", "CURRENT"):
        monkeypatch.setattr(working_copy, name, tmp_path / name)
    deployed: Any = {"outputs": {}, "parameters": {}, "template": "t", "code": {}, "built": "b"}
    stack = Stack(**deployed, api_url="a", aws_endpoint_url="e", process_groups={}, ports={})
    working_copy.remember(stack)
    former = working_copy.CURRENT.read_text()

    with working_copy.CURRENT.open() as reading:
        working_copy.remember(replace(stack, api_url="b"))
        assert reading.read() == former

    assert working_copy.read(working_copy.CURRENT) == replace(stack, api_url="b")


def test_an_emulator_that_died_is_an_error(current: Path) -> None:
    with pytest.raises(EndpointConnectionError):
        dev.follow(lambda _: None)
