"""The flow of a job type. Few types have one, so only these load it."""

from dataclasses import dataclass
from typing import Literal

from claimcheck.domain.flows import MAX_CONCURRENCY, MAX_PERIOD, MAX_STARTS, Rate
from claimcheck.domain.job import FlowKey


@dataclass(frozen=True, slots=True)
class Flow:
    """Limits on the jobs of a type: those that run at once, and their starts. Others wait in line.

    A job counts as running from its first start to its end. The limits are those of the whole deployment, or
    of each org.
    """

    concurrency: int = MAX_CONCURRENCY
    rate: Rate | None = None
    per: Literal["deployment", "org"] = "deployment"

    def __post_init__(self) -> None:
        rate = self.rate or Rate(1)
        bounds = {
            "concurrency": (self.concurrency, MAX_CONCURRENCY),
            "starts": (rate.starts, MAX_STARTS),
            "per_seconds": (rate.per_seconds, MAX_PERIOD),
            "burst": (rate.burst, MAX_STARTS),
        }
        for name, (value, highest) in bounds.items():
            if not 1 <= value <= highest:
                raise ValueError(f"a flow's {name} must be 1 to {highest}, not {value}")

    def key(self, job_type: str, org: str) -> FlowKey:
        return FlowKey("@" if self.per == "deployment" else f"@{org}", job_type)
