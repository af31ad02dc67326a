"""The recurrence of a schedule: a cron expression in a time zone, or a fixed rate.

Every request imports this module, so only the functions that need cronsim and the zones' data load them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND, Millis

UTC = "UTC"
UNITS = {"second": SECOND, "minute": MINUTE, "hour": HOUR, "day": DAY}
# The sweeper runs once a minute.
SHORTEST, LONGEST = MINUTE, 366 * DAY
RATE = re.compile(r"([1-9][0-9]{0,8}) (second|minute|hour|day)s?", re.ASCII)
CRON = re.compile(r"[0-9A-Za-z*,/#-]+(?: +[0-9A-Za-z*,/#-]+){4}", re.ASCII)
CRON_LENGTH = 200
FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
HIGHEST = (59, 23, 31, 12, 7)
# A place of the IANA database. A system's other files (`right/UTC`, `localtime`) do not match.
ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields (minute, hour, day of the month, month, day of the week) in local time of `timezone`.

    Changes of the clocks follow Debian's cron (manual page cron(8), "Notes"). A skipped time comes right
    after the change, and a repeated time counts once. But if minute or hour start with `*`, a skipped
    time does not come, and a repeated time counts twice.
    """

    expression: str
    timezone: str = UTC
    unknown: Mapping[str, Any] = field(default_factory=dict)

    def after(self, at: Millis) -> Millis | None:
        """Return the first time later than `at`, or None if it is not within fifty years."""
        from datetime import UTC as DATETIME_UTC
        from datetime import datetime

        from cronsim import CronSim

        local = datetime.fromtimestamp(at // SECOND, DATETIME_UTC).astimezone(find_zone(self.timezone))
        for found in CronSim(self.expression, local):
            slot = int(found.timestamp()) * SECOND
            # In the second pass of a repeated hour cronsim may return a time of the first.
            if slot > at:
                return slot
        return None


@dataclass(frozen=True, slots=True)
class Every:
    """A fixed rate in elapsed time: `anchor` + `period`, `anchor` + 2 x `period` and so on."""

    period: Millis
    anchor: Millis
    unknown: Mapping[str, Any] = field(default_factory=dict)

    def after(self, at: Millis) -> Millis:
        """Return the first time later than `at`."""
        return self.anchor + max((at - self.anchor) // self.period + 1, 1) * self.period

    def __str__(self) -> str:
        """Return the rate in the largest unit that divides it, as `parse_rate` reads it."""
        name, unit = next((name, unit) for name, unit in reversed(UNITS.items()) if self.period % unit == 0)
        count = self.period // unit
        return f"{count} {name}{'' if count == 1 else 's'}"


Recurrence = Cron | Every


def parse_cron(expression: str, now: Millis) -> str:
    """Return the expression with single spaces. Raises: ValueError, with the reason."""
    from cronsim import CronSimError

    if not CRON.fullmatch(expression) or len(expression) > CRON_LENGTH:
        raise ValueError(
            "must have five fields: minute, hour, day of the month, month, day of the week, "
            f"such as 0 9 * * 1-5, and at most {CRON_LENGTH} characters"
        )
    expression = " ".join(expression.split())
    for name, part, highest in zip(FIELDS, expression.split(), HIGHEST, strict=True):
        # cronsim takes such a step as none at all: `*/61` would be hourly.
        if any(int(step) > highest for step in re.findall(r"/([0-9]+)", part)):
            raise ValueError(f"the step in {name} must be at most {highest}, not as in {part}")
    try:
        found = Cron(expression).after(now)
    except CronSimError as error:
        raise ValueError(f"{str(error).lower().replace('bad', 'wrong')} in {expression}") from None
    if found is None:
        raise ValueError("never comes within fifty years")
    return expression


def parse_rate(rate: str) -> Millis:
    """Return the period of a rate. Raises: ValueError, with the reason."""
    found = RATE.fullmatch(rate)
    period = int(found[1]) * UNITS[found[2]] if found else 0
    if not SHORTEST <= period <= LONGEST:
        raise ValueError(
            "must be a number and seconds, minutes, hours or days, such as 15 minutes; "
            f"from 1 minute to {LONGEST // DAY} days"
        )
    return period


def parse_zone(name: str) -> str:
    """Return the name. Raises: ValueError unless the IANA database has it."""
    try:
        find_zone(name)
    except (ValueError, KeyError, OSError):
        raise ValueError("must be a time zone of the IANA database, such as Europe/Vienna") from None
    return name


def find_zone(name: str) -> tzinfo:
    """Raises: ValueError, KeyError, OSError: `ZoneInfo` looks for a file of that name."""
    from datetime import UTC as DATETIME_UTC
    from zoneinfo import ZoneInfo

    if not ZONE.fullmatch(name):
        raise ValueError(name)
    return DATETIME_UTC if name == UTC else ZoneInfo(name)
