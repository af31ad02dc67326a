"""The tables of docs/scale.md: limits, assumptions, and the results of each day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import pages
from studies.growth import limits, parameters
from studies.growth.limits import Limit
from studies.growth.load import Kind, Load
from studies.growth.parameters import Deployment
from studies.growth.scenarios import SCENARIOS, SEED
from studies.growth.sweeper import rows_a_second
from studies.growth.units import Units, costs
from studies.growth.workers import LOOK

if TYPE_CHECKING:
    from studies.growth.scenarios import Scenario

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
Day = dict[str, Any]


def blocks(found: dict[str, Any]) -> dict[str, str]:
    return {
        "units": units(),
        "ceilings": ceilings(),
        "limits": granted(),
        "assumptions": assumptions(),
        "engine": engine(found["engine"]),
        "days": days(found["scenarios"]),
        "lateness": lateness(found["scenarios"]),
        "sweeps": sweeps(found["scenarios"]),
        "keys": keys(found["scenarios"]),
        "turned": turned(),
    }


def units() -> str:
    rows = [
        (name, str(each.table), str(each.by_org), str(each.by_due))
        for name, each in zip(WRITES, costs(), strict=True)
    ]
    plain = plain_job()
    table, by_org, by_due = (f"**{each}**" for each in plain)
    rows.append(("a plain job: submission, claim, end", table, by_org, by_due))
    return pages.table(["write", "table", "`by_org`", "`by_due`"], rows)


WRITES = (
    "submission",
    "claim",
    "end",
    "reschedule for a retry or another look, and the execution's record, in a transaction",
    "move by the sweeper",
)


def plain_job() -> Units:
    each = costs()
    return Units(*(sum(parts) for parts in zip(each.put, each.claim, each.end, strict=True)))


def ceilings() -> str:
    """The rate at which each part alone reaches its limit."""
    job, shipped, mean = plain_job(), Deployment(), Load(rate=0).mean_duration
    polled = 1 + Load(rate=0).polls
    partition, table = limits.PARTITION_WRITES.value, limits.TABLE_WRITES.value
    rows = [
        ("`WorkerMaxConcurrency`, in `prod`", shipped.workers / mean, f"{shipped.workers} workers"),
        ("`ThrottlingRate`, default", shipped.api_rate / polled, f"{polled} requests per job"),
        (
            "the sweeper, for timers more than 15 minutes ahead",
            rows_a_second(shipped) * parameters.SWEEP / parameters.TICK,
            "one row each",
        ),
        (
            "`WorkerMaxConcurrency`, maximum",
            parameters.most("WorkerMaxConcurrency") / mean,
            "the template's maximum",
        ),
        ("`by_org`, for one org", partition / job.by_org, "one key"),
        ("a new table", limits.NEW_TABLE_WRITES.value / job.table, "until it has scaled up"),
        ("API Gateway's quota", limits.API_REQUESTS.value / polled, f"{polled} requests per job"),
        ("`by_due`", shipped.shards * partition / job.by_due, f"{shipped.shards} keys"),
        ("the table's quota", table / job.table, "for each table and each index"),
        ("provisioned pollers", limits.PROVISIONED_MOST.value / mean, "one event source mapping"),
    ]
    rows.sort(key=lambda row: row[1])
    # The assumptions do not justify a third digit.
    return pages.table(
        ["limit", "jobs per second", "reason"],
        [(what, f"{float(f'{rate:.2g}'):,.0f}", why) for what, rate, why in rows],
    )


def granted() -> str:
    found = [each for each in vars(limits).values() if isinstance(each, Limit)]
    return pages.table(
        ["limit", "of", "AWS raises it on request", "source"],
        [
            (f"{each.value:,} {each.unit}", each.what, "yes" if each.adjustable else "", each.source)
            for each in found
        ],
    )


def assumptions() -> str:
    shipped = Deployment()
    ours = [
        (
            "a row of a sweep",
            f"{shipped.row_cpu * 1000:g} ms of the sweeper's CPU, {shipped.row_calls * 1000:g} ms of calls",
        ),
        ("a wake-up for a job that needs none", f"{LOOK * 1000:g} ms of a worker"),
        ("order of wake-ups", "the order in which they become visible"),
    ]
    return pages.table(["assumption", "value"], [*Load(rate=0).assumptions, *ours])


def engine(found: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in found.items()) + "."


def turned() -> str:
    return "\n".join(f"- **{each.title}**: {each.turned}." for each in SCENARIOS if each.turned)


def days(found: dict[str, Day]) -> str:
    head = ["scenario", "submitted", "accepted", "completed", "failed", "left at midnight", "oldest wake-up"]
    return pages.table(head, [_day(each, found[each.name]) for each in SCENARIOS]) + f"\n\nSeed {SEED}."


def _day(scenario: Scenario, day: Day) -> tuple[str, ...]:
    totals, ended, cells = day["totals"], day["ended"], scenario.deployment.cells
    failed = sum(count for code, count in ended.items() if code != "completed")
    accepted = totals["accepted"]
    return (
        scenario.title,
        big(totals["submitted"] * cells),
        share(accepted, totals["submitted"]),
        share(ended.get("completed", 0), accepted),
        share(failed, accepted),
        share(day["left"], accepted),
        duration(max(day["minutes"]["queue_age"])),
    )


def lateness(found: dict[str, Day]) -> str:
    head = ["delay of the first attempt", *(f"{name}: p50, p99, maximum" for name in Kind.NAMES)]
    rows = [
        (each.title, *(_late(found[each.name]["late"][name]) for name in Kind.NAMES)) for each in SCENARIOS
    ]
    return pages.table(head, rows)


def _late(values: list[int | None]) -> str:
    return (
        "none started"
        if None in values
        else ", ".join(duration(value) for value in values if value is not None)
    )


def sweeps(found: dict[str, Day]) -> str:
    head = [
        "per cell",
        "most due rows at a sweep",
        "rows moved",
        "longest sweep",
        "wake-ups sent",
        "without effect",
    ]
    rows = []
    for each in SCENARIOS:
        totals, minutes = found[each.name]["totals"], found[each.name]["minutes"]
        rows.append(
            (
                each.title,
                f"{max(minutes['due_rows']):,}",
                big(totals["moved"]),
                f"{max(minutes['sweep_seconds'])} s",
                big(totals["wake-ups"]),
                share(totals["looks"], totals["wake-ups"]),
            )
        )
    return pages.table(head, rows)


def keys(found: dict[str, Day]) -> str:
    head = [
        "most write units per second, per cell",
        "table and indexes, over a minute",
        "hottest shard of `by_due`, in a second",
        "largest org in `by_org`, in a second",
        "throttled",
    ]
    rows = []
    for each in SCENARIOS:
        minutes, refused = found[each.name]["minutes"], found[each.name]["refused"]
        throttled = ", ".join(f"{name}: {big(count)}" for name, count in sorted(refused.items())) or "none"
        hottest = (f"{max(minutes[name]):,}" for name in ("written", "hottest_shard", "hottest_org"))
        rows.append((each.title, *hottest, throttled))
    return pages.table(head, rows)


def in_short(scenario: Scenario, day: Day) -> str:
    """One line for a terminal."""
    head = ("submitted", "accepted", "completed", "failed", "left", "oldest wake-up")
    return ", ".join(f"{name} {value}" for name, value in zip(head, _day(scenario, day)[1:], strict=True))


def share(part: float, whole: float) -> str:
    """The percentage, with one decimal."""
    if not whole or not part:
        return "0 %"
    value = 100 * part / whole
    if 99.9 < value < 100:
        return "> 99.9 %"
    return "< 0.1 %" if value < 0.1 else f"{value:.1f} %"


def big(value: float) -> str:
    """Three digits: 871 thousand, 8.71 billion."""
    for size, word in ((1e9, " billion"), (1e6, " million"), (1e3, " thousand")):
        if value >= size:
            return f"{value / size:.3g}{word}"
    return f"{value:,.0f}"


def duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
