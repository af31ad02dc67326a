"""A way to run jobs behind an API, as a bill shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studies.cost.usage import plus, times
from tests.kit.deployment import TEMPLATE

if TYPE_CHECKING:
    from studies.cost.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The usage of each part of a job. `counted` describes for the page what it includes."""

    name: str
    submit: Usage
    work: Usage
    poll: Usage
    counted: str = ""

    def job(self, polls: int) -> Usage:
        return plus(self.submit, self.work, times(polls, self.poll))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The parameters of a deployment that change its cost.

    Memory is in MB. `api` is the price of a request to the API, None if it has no price (a Function URL).
    `fair` wake-ups have a message group.
    """

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
