"""A backend in which everything that can go wrong does, repeatably, from one seed.

Every call of a port is a place where the caller may be refused, may be told that a call failed
which worked, may be killed before or after it, and where others may act in between: another
worker with a doubled wake-up, the sweeper, a cancel. Whoever is interrupted goes on afterwards
with what it knew before, as a slow or stalled process would.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from claimcheck.errors import ClaimcheckError, OutcomeUnknown, Unavailable
from claimcheck.model import MINUTE, SECOND, Job
from claimcheck.outcome import Again, Fail, Retry
from claimcheck.retry import RetryPolicy
from claimcheck.service.running import Unclaimed
from claimcheck.service.timer import Overrun
from claimcheck.testing import MemoryJobStore
from tests.world import Answer, Echo, Words, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.context import JobContext
    from claimcheck.ports import WakeUp

MAX_ATTEMPTS = 3
WRITES = {"insert", "replace", "record", "put", "send", "send_many"}


class Killed(BaseException):
    """The process is gone: nothing after this line of it runs."""


class Witness(MemoryJobStore):
    """A store that sees every write, and holds each to what must always be true."""

    def replace(self, old: Job, new: Job) -> None:
        before = self.read(old.job_id)
        super().replace(old, new)
        assert before is not None
        if before.written_by == new.written_by:
            return
        assert before.ended_at is None, f"{old.job_id} was written to after its end"
        assert (new.due_at is None) == (new.ended_at is not None), "every debt is in the safety net"
        assert new.executions >= before.executions, "a number was given back"
        assert (before.status, new.status) != ("processing", "pending"), "a status moved backwards"
        if new.executions > before.executions:
            assert new.started_at is not None
            assert not before.leased(new.started_at), "a live lease was replaced"
            assert new.not_before <= new.started_at < new.deadline, "claimed early, or past its deadline"


class Faulty:
    """A port with faults in front of and behind every call, as long as the chaos lasts."""

    def __init__(self, port: Any, chaos: Chaos) -> None:
        self._port = port
        self._chaos = chaos

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._port, name)
        if not callable(operation):
            return operation
        return lambda *args: self._chaos.disturb(name, lambda: operation(*args))


class Chaos:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.calm = False
        self.depth = 0
        self.early: list[str] = []
        self.runs: dict[str, int] = {}
        self.store = Witness()
        policy = RetryPolicy(max_attempts=MAX_ATTEMPTS, base=2, cap=30)
        self.world = World(
            {"echo": self.handle},
            [job_type(retry=policy, timeout=20, deadline=20 * 60)],
            store=Faulty(self.store, self),
            seed=seed,
        )
        self.queue = self.world.queue
        engine = self.world.engine
        # What a process holds of the outside, each call of it at risk.
        engine.__dict__["queue"] = Faulty(self.queue, self)
        engine.__dict__["objects"] = Faulty(self.world.objects, self)

    def disturb(self, name: str, call: Callable[[], Any]) -> Any:
        if self.calm:
            return call()
        self.world.clock.advance(self.random.choice((0, 0, 3, 40)))
        self._interlude(0.08)
        self._fault(0.03, Unavailable)
        self._fault(0.01, Killed)
        result = call()
        if name in WRITES:
            # It worked, and nobody will believe it.
            self._fault(0.03, OutcomeUnknown if name == "insert" else Unavailable)
        self._fault(0.01, Killed)
        self._interlude(0.05)
        return result

    def handle(self, given: Words, job: JobContext) -> Any:
        self.runs[job.job_id] = self.runs.get(job.job_id, 0) + 1
        stored = self.store.read(job.job_id)
        if stored is not None and self.world.clock.now() < stored.run_at:
            self.early.append(job.job_id)
        if self.calm:
            return Echo(text=job.job_id)
        job.progress(1, 2, "half")
        self.world.clock.advance(self.random.choice((10, 500, 3 * SECOND, 15 * SECOND, 50 * SECOND)))
        self._interlude(0.5)
        fate = self.random.choice(("result",) * 4 + ("retry", "again", "fail", "raise", "overrun", "kill"))
        match fate:
            case "retry":
                raise Retry(after=self.random.choice((None, 0, 1, 45)))
            case "again":
                return Again(after=self.random.choice((0, 2, 20)))
            case "fail":
                return Fail("handler_says_no", "No.")
            case "raise":
                raise RuntimeError("unforeseen")
            case "overrun":
                raise Overrun
            case "kill":
                raise Killed
        return Echo(text=job.job_id)

    def attempt(self, action: Callable[[], Any]) -> Any:
        """Let a process do something; it may fail or die, and the world goes on."""
        try:
            return action()
        except (ClaimcheckError, Unclaimed, Killed):
            return None

    def submit(self, **fields: Any) -> Answer | None:
        key = fields.pop("idempotency_key", None)
        headers = {"idempotency_key": key} if key else {}
        body = {"type": "echo"} | fields
        answer: Answer | None = self.attempt(lambda: self.world.request("POST", "/v1/jobs", body, **headers))
        return answer

    def act(self) -> None:
        """One of the others does something."""
        self.depth += 1
        self.random.choice((self._deliver, self._deliver, self._deliver, self._sweep, self._cancel))()
        self.depth -= 1

    def settle(self) -> list[str]:
        """The faults are over; time passes until every deadline has. Returns who had time enough left."""
        self.calm = True
        soon = self.world.clock.now() + 10 * MINUTE
        hopeful = [job.job_id for job in self.store.all_jobs() if not job.ended_at and job.deadline > soon]
        self.world.advance(90 * MINUTE)
        return hopeful

    def _deliver(self) -> None:
        wake_up = self.queue.receive()
        if wake_up is None:
            self.world.clock.advance(self.random.choice((100, 900, 7 * SECOND)))
            return
        fate = self.random.random()
        if fate < 0.05:
            return  # lost
        if fate < 0.15:
            self.queue.send(wake_up)  # doubled
        done = self.attempt(lambda: self._run(wake_up))
        if not done:
            # Not deleted, so the queue shows it again; sometimes its dead-letter queue takes it.
            self.queue.send(wake_up._replace(delay=self.random.choice((1, 30, 120))))

    def _run(self, wake_up: WakeUp) -> bool:
        self.world.engine.running.run(wake_up.job_id, lambda: 120 * SECOND)
        return True

    def _sweep(self) -> None:
        self.attempt(lambda: self.world.engine.sweeping.sweep(lambda: MINUTE))

    def _cancel(self) -> None:
        if self.random.random() < 0.15 and (jobs := self.store.all_jobs()):
            job = self.random.choice(jobs)
            self.attempt(lambda: self.world.request("POST", f"/v1/jobs/{job.job_id}/cancel"))

    def _interlude(self, chance: float) -> None:
        if self.depth < 3 and self.random.random() < chance:
            self.act()

    def _fault(self, chance: float, error: type[BaseException]) -> None:
        if self.random.random() < chance:
            raise error
