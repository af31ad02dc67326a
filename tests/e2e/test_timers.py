"""Five hundred timers within a minute: none fires early, and how late they are."""

import pytest

from bench import report, timers
from tests.kit.client import Client

LATEST = 5000
"""Milliseconds for 99 of 100: generous, for machines that have much else to do. Usual are less than 100."""


def test_500_timers_within_a_minute_are_never_early_and_seldom_late(
    acme: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    executions = timers.fire(acme)

    found = timers.findings(executions)
    with capsys.disabled():
        print(f"\n{report.as_text(found)}")
    assert len(executions) == timers.TIMERS
    assert [each for each in executions if each["started_at"] < each["due_at"]] == []
    assert found.value("p99") < LATEST
