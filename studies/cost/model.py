"""The cost model: every backend, and Claimcheck with changed parameters."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from studies.cost import built, hosted, measured, standing, waits
from studies.cost.backend import Setup
from studies.cost.functions import gb_seconds, milliseconds
from studies.cost.usage import GB, MILLION, Usage, dollars, plus, times
from tests.kit.deployment import properties
from tests.kit.measuring.life import BATCH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from bench.figures import Findings
    from studies.cost.backend import Backend
    from studies.cost.measured import Lifecycle, Phase
    from studies.cost.prices import Book

POLLS = (0, 1, 5, 20)
TYPICAL = 5
"""The number of polls in tables that show only one."""


class Model:
    """The costs, from prices and measured counts. Raises: measured.Missing."""

    def __init__(self, book: Book, found: Mapping[str, Findings], setup: Setup | None = None) -> None:
        self.book = book
        self.setup = setup or Setup.of_template()
        self._found = found

    def with_setup(self, **changes: Any) -> Model:
        return Model(self.book, self._found, replace(self.setup, **changes))

    def assuming(self, **factors: float) -> Model:
        return Model(self.book.assuming(**factors), self._found, self.setup)

    def with_lambda_time(self, factor: float) -> Model:
        """Return a model in which Lambda's billed time is multiplied by a factor."""
        slower = dict.fromkeys(("ms_per_request", "invocation_ms", "init_ms"), factor)
        return self.assuming(**slower, instructions_per_second=1 / factor)

    def million(self, usage: Usage) -> float:
        """Return the dollars for a million."""
        return MILLION * dollars(self.book, usage)

    @cached_property
    def counts(self) -> Lifecycle:
        return measured.engine(self._found)

    @cached_property
    def tutorial_counts(self) -> Lifecycle:
        return measured.tutorial(self._found)

    @cached_property
    def claimcheck(self) -> Backend:
        return built.claimcheck(self.book, self.setup, self.counts)

    @cached_property
    def batched(self) -> Backend:
        phases = measured.batch(self._found, BATCH)
        return built.batched(self.book, self.setup, self.counts, phases, BATCH)

    @cached_property
    def backends(self) -> dict[str, Backend]:
        """The backends by name, Claimcheck first."""
        authorizer = measured.authorizer(self._found)
        tutorial = built.tutorial(self.book, self.setup, self.tutorial_counts, authorizer)
        each = [self.claimcheck, tutorial, *(make(self.around) for make in hosted.ALL)]
        return {backend.name: backend for backend in each}

    @property
    def around(self) -> hosted.Around:
        return hosted.Around(self.book, self.setup, self.counts.poll.instructions)

    def beyond(self, name: str) -> Phase:
        return measured.beyond(self._found, name)

    def waits(self) -> list[waits.Variant]:
        return waits.variants(self.around, self.setup, self.backends, self._as_work("look"), TYPICAL)

    def standing(self) -> dict[str, Usage]:
        return standing.month(self.book, self.setup, self.counts.poll.instructions)

    def callback(self) -> Usage:
        """Return the usage of one callback: an invocation that waits for the receiver's response."""
        waits = self.book.assumed("look_seconds")
        return built.worked(self.book, self.setup, self._as_work("callback"), waits=waits)

    def idempotency_key(self) -> Usage:
        return self._asked("idempotency_key", self.setup.api_memory)

    def flow(self) -> Usage:
        """Return the usage of a flow that lets the job start at once."""
        return self._asked("flow", self.setup.worker_memory)

    def line(self) -> Usage:
        """Return the usage of a wait in a flow's line, after which the job is woken again."""
        return built.worked(self.book, self.setup, self._as_work("line"))

    def _asked(self, name: str, memory: int) -> Usage:
        """Return the usage of an extra's requests to DynamoDB, within an invocation that there is anyway."""
        extra = self.beyond(name)
        waited = sum(extra.requests.values()) * self.book.assumed("ms_per_request", "dynamodb")
        return plus(
            {"lambda_gb_second": gb_seconds(memory, waited)},
            {"dynamodb_read": extra.read_units, "dynamodb_write": extra.write_units},
        )

    def far_timer(self) -> Usage:
        """Return the sweeper's usage for one timer, minus the wake-up that a plain submission sends."""
        extra = self.beyond("far_timer")
        memory = properties("Sweeper")["MemorySize"]
        took = milliseconds(self.book, memory, extra.requests, self.counts.poll.instructions)
        sent = sum(asked for name, asked in extra.requests.items() if name.startswith("sqs."))
        return plus(
            {"lambda_gb_second": gb_seconds(memory, took)},
            {"dynamodb_read": extra.read_units, "dynamodb_write": extra.write_units},
            built.queued(self.setup, sent - 1),
        )

    def scheduler_timer(self) -> Usage:
        """Return the usage of a one-time schedule, created by the submission instead of a wake-up."""
        made, sent = (self.book.assumed("ms_per_request", service) for service in ("scheduler", "sqs"))
        return {"scheduler_invocation": 1, "lambda_gb_second": gb_seconds(self.setup.api_memory, made - sent)}

    def answers(self, polls: int) -> Usage:
        """Return the data transfer out of AWS. No table includes it: it is the same for every backend."""
        return times(1 + polls, {"data_out_gb": self.book.assumed("answer_bytes") / GB})

    def _as_work(self, name: str) -> Phase:
        return replace(self.beyond(name), instructions=self.counts.work.instructions)
