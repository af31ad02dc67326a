"""API keys and their permissions. `http.admission` authenticates them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from claimcheck.domain.job import Millis

READ = "jobs:read"
WRITE = "jobs:write"
FREE = "free"
PLANS = (FREE, "paid")
# The default, in requests a minute.
LIMIT = 120
SCOPES = {READ, WRITE}
ORG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
# No org has this name. Its documents are about all orgs, so one read finds them.
EVERYBODY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`limit` is in requests a minute, `daily` in accepted jobs a day; a `daily` of None is no limit.

    From `expires_at` on the key is unknown; None means never.
    """

    org: str
    scopes: tuple[str, ...] = (READ, WRITE)
    plan: str = FREE
    limit: int = LIMIT
    daily: int | None = None
    dialect: str = "canonical"
    label: str = ""
    disabled: bool = False
    expires_at: Millis | None = None
    # As in `Job`.
    unknown: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not ORG.fullmatch(self.org):
            raise ValueError(
                f"org {self.org!r}: must be 1 to 63 of a-z, 0-9, - and _, starting with a letter or digit"
            )
        if not self.scopes or not set(self.scopes) <= SCOPES:
            raise ValueError(f"scopes {', '.join(self.scopes)}: must be some of {', '.join(sorted(SCOPES))}")
        if self.plan not in PLANS:
            raise ValueError(f"plan {self.plan!r}: must be one of {', '.join(PLANS)}")
        if self.limit < 1:
            raise ValueError(f"limit {self.limit}: must be at least 1 request a minute")
        if self.daily is not None and self.daily < 1:
            raise ValueError(f"daily {self.daily}: must be at least 1 job a day")

    def works(self, now: Millis) -> bool:
        return not self.disabled and (self.expires_at is None or now < self.expires_at)


class Window(NamedTuple):
    """The minute or the day (in UTC) `number` since the epoch, in which a key's use is counted.

    `length` is `MINUTE` for requests, and `DAY` for accepted jobs.
    """

    length: Millis
    number: int

    @classmethod
    def at(cls, now: Millis, length: Millis) -> Self:
        return cls(length, now // length)

    @property
    def ends_at(self) -> Millis:
        return (self.number + 1) * self.length


class Use(NamedTuple):
    """A key's use: the hour of its last request, or None if it has had none in 90 days, and the jobs counted
    today, in UTC. Jobs are counted only for keys with a daily limit."""

    last: Millis | None
    jobs_today: int


class Allowance(NamedTuple):
    """The requests left in this minute, or the jobs left today. `reset` is in seconds."""

    limit: int
    remaining: int
    reset: int
