"""When something recurs: at the times of a cron expression on a zone's clocks, or every so often.

What is on the path of every request imports this, so cronsim and the zones' data are loaded only
where a next time is worked out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND

if TYPE_CHECKING:
    from datetime import tzinfo

    from claimcheck.domain.job import Millis

UTC = "UTC"
UNITS = {"second": SECOND, "minute": MINUTE, "hour": HOUR, "day": DAY}
# The sweeper comes once a minute; and a year on, nobody remembers what was asked for.
SHORTEST, LONGEST = MINUTE, 366 * DAY
RATE = re.compile(r"([1-9][0-9]{0,8}) (second|minute|hour|day)s?", re.ASCII)
CRON = re.compile(r"[0-9A-Za-z*,/#-]+(?: +[0-9A-Za-z*,/#-]+){4}", re.ASCII)
CRON_LENGTH = 200
# As the IANA database names places; what systems keep beside them (`right/UTC`, `localtime`) are none.
ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields (minute, hour, day of the month, month, day of the week) on the clocks of `timezone`.

    Changes of the clocks are taken as Debian's cron does (its manual page cron(8), "Notes"): a time
    that clocks leap over comes when they have; one that comes twice counts once. But where minute or
    hour begin with `*`, every time counts that clocks show.
    """

    expression: str
    timezone: str = UTC

    def after(self, at: Millis) -> Millis | None:
        """The first time later than `at`, or None if there is none within fifty years."""
        from datetime import UTC as DATETIME_UTC
        from datetime import datetime

        from cronsim import CronSim

        local = datetime.fromtimestamp(at // SECOND, DATETIME_UTC).astimezone(find_zone(self.timezone))
        for found in CronSim(self.expression, local):
            slot = int(found.timestamp()) * SECOND
            # In the hour that comes twice the library may name its first coming while we are in the second.
            if slot > at:
                return slot
        return None


@dataclass(frozen=True, slots=True)
class Every:
    """Elapsed time, whatever clocks do: `anchor` + `period`, `anchor` + 2 x `period` and so on."""

    period: Millis
    anchor: Millis

    def after(self, at: Millis) -> Millis:
        """The first time later than `at`."""
        return self.anchor + max((at - self.anchor) // self.period + 1, 1) * self.period

    def __str__(self) -> str:
        """As it can be given: in the largest unit that it is whole in."""
        name, unit = next((name, unit) for name, unit in reversed(UNITS.items()) if self.period % unit == 0)
        count = self.period // unit
        return f"{count} {name}{'' if count == 1 else 's'}"


Recurrence = Cron | Every


def parse_cron(expression: str, now: Millis) -> str:
    """The expression with single spaces. Raises: ValueError, with what is wrong."""
    from cronsim import CronSimError

    if not CRON.fullmatch(expression) or len(expression) > CRON_LENGTH:
        raise ValueError(
            "must have five fields: minute, hour, day of the month, month, day of the week, "
            f"such as 0 9 * * 1-5, and at most {CRON_LENGTH} characters"
        )
    expression = " ".join(expression.split())
    try:
        found = Cron(expression).after(now)
    except CronSimError as error:
        raise ValueError(f"{str(error).lower().replace('bad', 'wrong')} in {expression}") from None
    if found is None:
        raise ValueError("never comes within fifty years")
    return expression


def parse_rate(rate: str) -> Millis:
    """A period. Raises: ValueError, with what is wrong."""
    found = RATE.fullmatch(rate)
    period = int(found[1]) * UNITS[found[2]] if found else 0
    if not SHORTEST <= period <= LONGEST:
        raise ValueError(
            "must be a number and seconds, minutes, hours or days, such as 15 minutes; "
            f"from 1 minute to {LONGEST // DAY} days"
        )
    return period


def parse_zone(name: str) -> str:
    """Raises: ValueError unless the IANA database has it."""
    try:
        find_zone(name)
    # `ZoneInfo` raises whatever looking for a file of that name raises.
    except (ValueError, KeyError, OSError):
        raise ValueError("must be a time zone of the IANA database, such as Europe/Vienna") from None
    return name


def find_zone(name: str) -> tzinfo:
    """Raises: ValueError, KeyError, OSError."""
    from datetime import UTC as DATETIME_UTC
    from zoneinfo import ZoneInfo

    if not ZONE.fullmatch(name):
        raise ValueError(name)
    return DATETIME_UTC if name == UTC else ZoneInfo(name)
