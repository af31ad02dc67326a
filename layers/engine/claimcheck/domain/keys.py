"""API keys: whose they are and what they allow. How one is recognised is `http.admission`'s business."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

READ = "jobs:read"
WRITE = "jobs:write"
# The plan of a key that nobody pays for.
FREE = "free"
PLANS = (FREE, "paid")
# Requests a minute of a key that says nothing else.
LIMIT = 120
SCOPES = {READ, WRITE}
ORG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`limit` is in requests a minute."""

    org: str
    scopes: tuple[str, ...] = (READ, WRITE)
    plan: str = FREE
    limit: int = LIMIT
    dialect: str = "canonical"
    label: str = ""
    disabled: bool = False

    def __post_init__(self) -> None:
        if not ORG.fullmatch(self.org):
            raise ValueError(
                f"org {self.org!r}: 1 to 63 of a-z, 0-9, - and _, starting with a letter or digit"
            )
        if not self.scopes or not set(self.scopes) <= SCOPES:
            raise ValueError(f"scopes {', '.join(self.scopes)}: some of {', '.join(sorted(SCOPES))}")
        if self.plan not in PLANS:
            raise ValueError(f"plan {self.plan!r}: one of {', '.join(PLANS)}")
        if self.limit < 1:
            raise ValueError(f"limit {self.limit}: at least 1 request a minute")


class Allowance(NamedTuple):
    """What is left in this minute, as the RateLimit headers tell it; `reset` is in seconds."""

    limit: int
    remaining: int
    reset: int
