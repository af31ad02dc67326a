"""A way to run jobs behind an API, as a bill sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studies.cost.usage import plus, times
from tests.kit.deployment import TEMPLATE

if TYPE_CHECKING:
    from studies.cost.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """What one job's parts use. `counted` says for the page what is in them."""

    name: str
    submit: Usage
    work: Usage
    poll: Usage
    counted: str = ""

    def job(self, polls: int) -> Usage:
        return plus(self.submit, self.work, times(polls, self.poll))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What costs something of how a backend is deployed. Memory is in MB; `api` is the price of a request to
    it, None where there is none (a Function URL). `fair` is whether wake-ups have a message group."""

    api_memory: int
    worker_memory: int
    batch_size: int = 1
    api: str | None = "http_api_request"
    fair: bool = True

    @classmethod
    def of_template(cls) -> Setup:
        def default(parameter: str) -> int:
            return int(TEMPLATE["Parameters"][parameter]["Default"])

        return cls(
            api_memory=default("ApiMemory"),
            worker_memory=default("WorkerMemory"),
            batch_size=default("WorkerBatchSize"),
        )
