"""Recurrence: by wall clock, with its two changes a year, or by elapsed time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND
from claimcheck.domain.recurrence import Cron, Every, Recurrence, parse_cron, parse_rate, parse_zone

VIENNA = "Europe/Vienna"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def slots(recurrence: Recurrence, start: str, end: str) -> list[str]:
    """Return all slots from `start` (included) to `end`, in UTC."""
    found = []
    slot = recurrence.after(at(start) - 1)
    while slot is not None and slot < at(end):
        found.append(rfc3339(slot, fraction=False))
        slot = recurrence.after(slot)
    return found


# In Vienna clocks change from 02:00 to 03:00 at 01:00 UTC on 29 March 2026, and back at 01:00 UTC on 25
# October.
FORWARD = ("2026-03-28T12:00", "2026-03-30T12:00")
BACK = ("2026-10-24T12:00", "2026-10-26T12:00")


def test_a_time_that_clocks_leap_over_comes_when_they_have() -> None:
    assert slots(Cron("30 2 * * *", VIENNA), *FORWARD) == ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]


def test_a_time_that_comes_twice_counts_once() -> None:
    assert slots(Cron("30 2 * * *", VIENNA), *BACK) == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]


def test_times_that_are_leapt_over_together_come_once() -> None:
    assert slots(Cron("0,20,40 2-3 * * *", VIENNA), "2026-03-29T00:00", "2026-03-29T12:00") == [
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:20:00Z",
        "2026-03-29T01:40:00Z",
    ]


def test_a_daily_time_stays_where_it_is_on_the_clock() -> None:
    assert slots(Cron("0 9 * * *", VIENNA), *FORWARD) == ["2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"]
    assert slots(Cron("0 9 * * *", VIENNA), *BACK) == ["2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z"]
    assert slots(Cron("0 9 * * *", VIENNA), "2026-03-28T00:00", "2026-03-28T12:00") == [
        "2026-03-28T08:00:00Z"
    ]


@pytest.mark.parametrize("days", [FORWARD, BACK])
def test_hourly_ignores_clock_changes(days: tuple[str, str]) -> None:
    hours = slots(Cron("0 * * * *", VIENNA), *days)

    assert len(hours) == 48
    assert {later - earlier for earlier, later in pairwise(map(_read, hours))} == {HOUR}


@pytest.mark.parametrize("days", [FORWARD, BACK])
def test_every_five_minutes_ignores_clock_changes(days: tuple[str, str]) -> None:
    found = slots(Cron("*/5 * * * *", VIENNA), *days)

    assert len(found) == 48 * 12
    assert {later - earlier for earlier, later in pairwise(map(_read, found))} == {5 * MINUTE}


def test_with_a_star_in_front_every_time_counts_that_clocks_show() -> None:
    cron = Cron("*/30 2 * * *", VIENNA)

    assert slots(cron, "2026-03-29T00:00", "2026-03-29T12:00") == []
    assert slots(cron, "2026-10-25T00:00", "2026-10-25T12:00") == [
        "2026-10-25T00:00:00Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:00:00Z",
        "2026-10-25T01:30:00Z",
    ]


def test_within_the_hour_that_comes_twice_the_next_is_never_before() -> None:
    """At the second 02:50, 02:55 was an hour ago, so the next is 03:55."""
    assert Cron("55 1-3 * * *", VIENNA).after(at("2026-10-25T01:50")) == at("2026-10-25T02:55")


@given(
    expression=st.sampled_from(
        ["*/15 * * * *", "7 * * * *", "*/20 2 * * *", "* 2-3 * * 0", "30 * 25-29 * *"]
    ),
    start=st.sampled_from([at("2026-03-28T20:00"), at("2026-10-24T20:00")]),
    minutes=st.integers(0, 12 * 60),
    zone=st.sampled_from([VIENNA, "America/New_York", "Asia/Kolkata", "UTC"]),
)
def test_a_star_means_what_the_clock_shows_minute_by_minute(
    expression: str, start: int, minutes: int, zone: str
) -> None:
    start += minutes * MINUTE
    expected = next(
        each for each in range(start + MINUTE, start + 9 * DAY, MINUTE) if _shows(each, expression, zone)
    )

    assert Cron(expression, zone).after(start) == expected


def _shows(when: int, expression: str, zone: str) -> bool:
    """Return whether a clock in `zone` matches the expression, by a simple reading of it."""
    shown = datetime.fromtimestamp(when // SECOND, ZoneInfo(zone))
    minute, hour, day, _, weekday = expression.split()
    values = (shown.minute, shown.hour, shown.day, shown.isoweekday() % 7)
    return all(_fits(field, value) for field, value in zip((minute, hour, day, weekday), values, strict=True))


def _fits(field: str, value: int) -> bool:
    if field.startswith("*/"):
        return value % int(field[2:]) == 0
    low, _, high = field.partition("-")
    return field == "*" or int(low) <= value <= int(high or low)


@given(
    start=st.integers(at("2026-01-01"), at("2028-01-01")),
    expression=st.sampled_from(["30 2 * * *", "0 0 1 * *", "15,45 1-3 * * *", "0 12 * * MON", "0 0 L * *"]),
    zone=st.sampled_from([VIENNA, "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca"]),
)
def test_the_next_is_always_later_and_nothing_lies_between(start: int, expression: str, zone: str) -> None:
    cron = Cron(expression, zone)
    first = cron.after(start)

    assert first is not None
    assert first > start
    assert first % MINUTE == 0
    assert cron.after((start + first) // 2) == first
    assert cron.after(first - 1) == first


def test_a_rate_is_elapsed_time() -> None:
    every = Every(DAY, anchor=at("2026-10-24T09:00"))

    assert slots(every, "2026-10-20T00:00", "2026-10-27T12:00") == [
        "2026-10-25T09:00:00Z",
        "2026-10-26T09:00:00Z",
        "2026-10-27T09:00:00Z",
    ]
    assert every.after(at("2026-10-25T09:00") - 1) == at("2026-10-25T09:00")
    assert every.after(at("2026-10-25T09:00")) == at("2026-10-26T09:00")


@pytest.mark.parametrize(
    ("text", "period", "again"),
    [
        ("1 minute", MINUTE, "1 minute"),
        ("60 seconds", MINUTE, "1 minute"),
        ("90 seconds", 90 * SECOND, "90 seconds"),
        ("15 minutes", 15 * MINUTE, "15 minutes"),
        ("24 hours", DAY, "1 day"),
        ("36 hours", 36 * HOUR, "36 hours"),
        ("366 days", 366 * DAY, "366 days"),
    ],
)
def test_a_rate_is_read_and_shown(text: str, period: int, again: str) -> None:
    assert parse_rate(text) == period
    assert str(Every(period, 0)) == again
    assert parse_rate(again) == period


@pytest.mark.parametrize(
    "text",
    ["", "59 seconds", "367 days", "0 minutes", "15", "minutes", "1.5 hours", "-5 minutes", "1 week",
     "15  minutes", " 15 minutes", "15 minutes\n", "१ day", "9999999999 days", "1 minute 1 hour"],
)  # fmt: skip
def test_any_other_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="from 1 minute to 366 days"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("", "five fields"),
        ("* * * *", "five fields"),
        ("* * * * * *", "five fields"),
        ("0 9 * * 1-5\n", "five fields"),
        ("@daily", "five fields"),
        ("0 9 * * १", "five fields"),
        ("0 9 * * " + "1," * 100 + "1", "at most 200"),
        ("60 * * * *", "wrong minute"),
        ("* 24 * * *", "wrong hour"),
        ("* * 0 * *", "wrong day-of-month"),
        ("* * * 13 *", "wrong month"),
        ("* * * * 8", "wrong day-of-week"),
        ("5-1 * * * *", "wrong minute"),
        ("*/0 * * * *", "wrong minute"),
        ("1-2-3 * * * *", "wrong minute"),
        ("/ * * * *", "wrong minute"),
        (", * * * *", "wrong minute"),
        ("* * * * L", "wrong day-of-week"),
        ("0 0 31 2 *", "wrong day-of-month"),
    ],
)
def test_any_other_expression_is_refused(expression: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        parse_cron(expression, at("2026-06-21"))


@given(st.text("0123456789*,/-#LWAMON ", max_size=20))
def test_an_expression_is_read_or_refused_and_nothing_else(expression: str) -> None:
    try:
        read = parse_cron(expression, at("2026-06-21"))
    except ValueError:
        return
    assert Cron(read).after(at("2026-06-21")) is not None


@pytest.mark.parametrize("name", ["UTC", VIENNA, "America/Argentina/Buenos_Aires", "Etc/GMT+5", "EST"])
def test_zones_of_the_iana_database_are_known(name: str) -> None:
    assert parse_zone(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "Europe", "Europe/", "Europe/Wien", "europe/vienna", "/etc/localtime", "../zoneinfo/UTC",
     "localtime", "right/UTC", "posix/Europe/Vienna", "+01:00", "CEST", "Europe/Vienna\n", "Europe/Wi\u00ebn",
     "A" * 300, "Europe/" + "A" * 300, "Tzdata.zi"],
)  # fmt: skip
def test_no_other_name_is_a_zone(name: str) -> None:
    with pytest.raises(ValueError, match="IANA"):
        parse_zone(name)


def _read(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "expression", ["*/61 * * * *", "0 */24 * * *", "0 0 1/32 * *", "0 0 * */13 *", "0 0 * * 1/8"]
)
def test_a_step_that_is_longer_than_its_field_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"the step in .* must be at most"):
        parse_cron(expression, at("2026-06-21"))


def test_two_restricted_days_are_either_and_with_a_star_both() -> None:
    june = ("2026-06-01", "2026-07-01")
    fridays = ["05", "12", "19", "26"]

    assert slots(Cron("0 0 13 * 5"), *june) == [
        f"2026-06-{day}T00:00:00Z" for day in ["05", "12", "13", *fridays[2:]]
    ]
    assert slots(Cron("0 0 */2 * 1"), *june) == [f"2026-06-{day}T00:00:00Z" for day in ["01", "15", "29"]]
