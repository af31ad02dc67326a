"""The engine and a tutorial's implementation: the same job through both, in one run, over the same moto.

The counted jobs use a cached API key: the engine caches it for one minute, API Gateway for five. Rate windows
are not counted, because the tutorial has none; the section `calls` counts them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import pages
from bench.calls import lifecycle
from bench.figures import Figure, Findings
from studies.tutorial import instructions
from studies.tutorial.running import running
from studies.tutorial.visiting import Visitor
from tests.kit import events
from tests.kit.bridge import bridge
from tests.kit.cloud import moto_cloud
from tests.kit.deployed import issue_key
from tests.kit.measuring.life import POLLS, SMALL, Life, Observer, Part
from tests.kit.process import all_running

if TYPE_CHECKING:
    from studies.tutorial.instructions import Instructions

ENGINE, TUTORIAL = "engine", "tutorial"
MILLION = 1e6
TIMES = "\u00d7"


class Lives(NamedTuple):
    """Jobs through one of the two.

    The key of `first` was not cached. After it came a plain job, one with an Idempotency-Key, and the
    submission of one that runs in thirty days.
    """

    first: Life
    plain: Life
    keyed: Life
    delayed: Part


class Row(NamedTuple):
    """One figure, for both implementations."""

    name: str
    what: str
    engine: float
    tutorial: float
    unit: str = ""
    kept: bool = True

    @property
    def ratio(self) -> float | None:
        return self.tutorial / self.engine if self.engine else None


def measure() -> Findings:
    return findings(engine_lives(), tutorial_lives(), instructions.measure())


def engine_lives() -> Lives:
    with TemporaryDirectory() as logs, all_running(Path(logs)) as processes:
        observer = Observer(processes)
        observer.live("warming-up")
        first, plain, keyed = (observer.live("acme", key) for key in (None, None, "order-4711"))
        submission = events.load("submit_job", issue_key(processes.cloud, "acme"))
        _, delayed = observer.invoke("submit_job", events.with_body(submission, SMALL | {"run_at": far()}))
        return Lives(first, plain, keyed, delayed)


def tutorial_lives() -> Lives:
    with (
        TemporaryDirectory() as logs,
        moto_cloud() as cloud,
        bridge() as aws,
        running(aws.url, Path(logs)) as tutorial,
    ):
        Visitor(tutorial, cloud, aws, "warming-up").live()
        return lives_of(Visitor(tutorial, cloud, aws, "acme"))


def lives_of(visitor: Visitor) -> Lives:
    first, plain, keyed = (visitor.live(key) for key in (None, None, "order-4711"))
    _, delayed = visitor.submit({"run_at": far()})
    return Lives(first, plain, keyed, delayed)


def far() -> str:
    return (datetime.now(UTC) + timedelta(days=30)).isoformat()


def findings(engine: Lives, tutorial: Lives, counted: dict[str, dict[str, Instructions]]) -> Findings:
    rows = [*_counts(engine, tutorial), *_instructions(counted[ENGINE], counted[TUTORIAL])]
    warm = {peer: {phase: each.warm for phase, each in phases.items()} for peer, phases in counted.items()}
    series = {
        "rows": [row._asdict() for row in rows],
        "lifecycle": lifecycle(tutorial.plain),
        "engine": lifecycle(engine.plain),
        "authorize": authorizing(tutorial).record,
        "timer": {ENGINE: engine.delayed.record, TUTORIAL: tutorial.delayed.record},
        "instructions": warm,
    }
    return Findings(figures=[figure for row in rows for figure in _figures(row)], series=series)


def authorizing(lives: Lives) -> Part:
    """Return what a key that is not cached adds to a request."""
    first, plain = lives.first.submit, lives.plain.submit
    return Part(
        requests=first.requests[: len(first.requests) - len(plain.requests)],
        invocations=first.invocations - plain.invocations,
        log_bytes=first.log_bytes - plain.log_bytes,
    )


def _counts(engine: Lives, tutorial: Lives) -> list[Row]:
    polls, keyed = f"with {POLLS} polls", "with an `Idempotency-Key`"

    def row(name: str, what: str, count: Any, unit: str = "", kept: bool = True) -> Row:
        return Row(name, what, count(engine), count(tutorial), unit, kept)

    return [
        row("calls", f"AWS calls of a job {polls}", lambda of: len(of.plain.calls)),
        row("calls_keyed", f"the same {keyed}", lambda of: len(of.keyed.calls)),
        row("calls_delayed", "AWS calls to submit a job for in 30 days", lambda of: len(of.delayed.calls)),
        row("write_units", "write units of a job", lambda of: of.plain.consumed.written),
        row("write_units_keyed", f"the same {keyed}", lambda of: of.keyed.consumed.written),
        row("read_units", f"read units of a job {polls}", lambda of: of.plain.consumed.read),
        row("log_bytes", f"log bytes of a job {polls}", lambda of: of.plain.log_bytes, "bytes", False),
    ]


def _instructions(engine: dict[str, Instructions], tutorial: dict[str, Instructions]) -> list[Row]:
    def row(name: str, what: str, count: Any) -> Row:
        return Row(name, what, count(engine) / MILLION, count(tutorial) / MILLION, "million", False)

    def warm_job(of: dict[str, Instructions]) -> float:
        return of["submit"].warm + of["work"].warm + POLLS * of["poll"].warm

    def cold_job(of: dict[str, Instructions]) -> float:
        return sum(each.cold for each in of.values())

    phases = [
        row(f"instructions_{phase}", f"instructions of a warm {name}", lambda of, phase=phase: of[phase].warm)
        for phase, name in {"submit": "submission", "work": "delivery to the worker", "poll": "poll"}.items()
    ]
    return [
        *phases,
        row("instructions", f"instructions of a warm job with {POLLS} polls", warm_job),
        row("instructions_cold", "instructions of the cold starts of one job", cold_job),
    ]


def _figures(row: Row) -> list[Figure]:
    def figure(part: str, what: str, value: float, unit: str) -> Figure:
        return Figure(f"{row.name}_{part}", f"{row.what}: {what}", value, unit=unit, kept=row.kept)

    both = [figure(ENGINE, ENGINE, row.engine, row.unit), figure(TUTORIAL, TUTORIAL, row.tutorial, row.unit)]
    if row.ratio is None:
        return both
    return [*both, figure("ratio", "the tutorial's to the engine's", row.ratio, TIMES)]


def table(findings: Findings) -> str:
    """Return the comparison as a Markdown table."""
    rows = [Row(**row) for row in (findings.series or {})["rows"]]
    return pages.table(["", "Claimcheck", "tutorial", "ratio"], map(_line, rows))


def _line(row: Row) -> list[str]:
    shown = [f"{pages.number(value)} {row.unit}".strip() for value in (row.engine, row.tutorial)]
    return [row.what, *shown, "" if row.ratio is None else f"{row.ratio:.2f} {TIMES}"]
