"""API keys and their permissions. `http.admission` authenticates them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from claimcheck.domain.job import Millis

READ = "jobs:read"
WRITE = "jobs:write"
FREE = "free"
PLANS = (FREE, "paid")
# The default, in requests a minute.
LIMIT = 120
SCOPES = {READ, WRITE}
ORG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`limit` is in requests a minute. From `expires_at` on the key is unknown; None means never."""

    org: str
    scopes: tuple[str, ...] = (READ, WRITE)
    plan: str = FREE
    limit: int = LIMIT
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

    def works(self, now: Millis) -> bool:
        return not self.disabled and (self.expires_at is None or now < self.expires_at)


class Allowance(NamedTuple):
    """The requests left in this minute, for the RateLimit headers. `reset` is in seconds."""

    limit: int
    remaining: int
    reset: int
