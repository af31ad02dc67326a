"""The processes of a scenario, and what is there before they start."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from claimcheck.canonical.schedule_requests import schedule_of
from claimcheck.domain import job as job_module
from claimcheck.domain.errors import JobNotFound, Unavailable
from claimcheck.domain.flows import Limits
from claimcheck.domain.job import MINUTE, SECOND, Job, Millis
from claimcheck.domain.keys import FREE, ApiKey
from claimcheck.domain.outcome import Again, Fail, Retry
from claimcheck.domain.ports import WakeUp
from claimcheck.domain.retry import RetryPolicy
from claimcheck.http.admission import Caller
from claimcheck.service.attempt import Overrun
from claimcheck.service.batches import Entry
from claimcheck.service.callbacks.settings import DefaultCallback, put_default
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.service.reader import JobFilter
from claimcheck.service.submission import AcceptedJob, Draft, IdempotencyKey
from claimcheck.service.worker import Unclaimed
from tests.exploration.process import Process, Service
from tests.exploration.promises import (
    ORG,
    STRANGER,
    check_deliveries,
    check_end,
    check_list,
    check_reading,
)
from tests.kit.world import Echo, Words, job_type
from tests.simulation.witness import KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.context import JobContext
    from tests.exploration.backend import Backend

HOOK = "https://receiver.example.com/hook"
PRICE = 10
# Does not fit into a job's row.
LONG = "long" * 2000
LONG_FAIL = f"fail{' ' * 8000}"
SCHEDULE = {"type": "echo", "input": {"text": "work"}}


class Accepted(NamedTuple):
    """A client got a 202 for this job."""

    job_id: str
    key: str | None


class Stopped(NamedTuple):
    """A schedule was stopped by this time."""

    at: Millis


class Going(NamedTuple):
    """A schedule was going by this time, with this slot ahead."""

    slot: Millis


# The types of results that the check at the end of a history looks at.
CHECKED = (Accepted, Stopped, Going, list)


class Cast:
    def __init__(self) -> None:
        policy = RetryPolicy(max_attempts=3, base=2, cap=30)
        echo = job_type(retry=policy, timeout=90, deadline=20 * 60, retention=60, price=lambda given: PRICE)
        self.service = Service(self.handle, echo)
        self.processes: list[Process] = []
        self._names: Counter[str] = Counter()
        self.world = self.service.world
        self.engine = self.world.engine
        issue_secret(self.service.backend.documents, ORG, self.world.clock.now())

    def handle(self, given: Words, job: JobContext) -> Any:
        """Do what the job's text says, after `times` - 1 seconds. During them all others can act."""
        if given.times > 1:
            self.world.clock.sleep((given.times - 1) * SECOND)
            if not job.remaining():
                raise Overrun
        match given.text.rstrip():
            case "retry" if job.attempt == 1:
                raise Retry(after=0)
            case "never":
                raise Retry(after=0)
            case "again" if job.state is None:
                return Again(after=0, state="asked")
            case "fail":
                raise Fail("handler_says_no", "No.")
            case "progress":
                job.progress(1, 2)
        return Echo(text=given.text)

    # What is there before.

    def credits(self, amount: int) -> None:
        backend = self.service.backend
        backend.store.credits.add_credits(ORG, amount, self.world.clock.now(), f"gift of {backend.added}")
        backend.added[ORG] = backend.added.get(ORG, 0) + amount

    def submitted(self, text: str = "work", seconds: int = 0, **body: Any) -> str:
        self.credits(PRICE)
        job_id = self.world.submit(input={"text": text, "times": seconds + 1}, **body)
        self.service.backend.accepted[job_id] = ORG
        return job_id

    def failed(self, text: str = "fail") -> str:
        """Submit a job, let it fail, and have the credits for its retries."""
        job_id = self.submitted(text)
        self.engine.worker.run(job_id, lambda: 600 * SECOND)
        self.world.store.catch_up()
        self.credits(10 * PRICE)
        return job_id

    def scheduled(self, **body: Any) -> None:
        """Store a schedule whose first slot is a minute ahead, so it can be submitted at once."""
        self.credits(10 * PRICE)
        self.engine.schedule_editor.put(self._wanted("1 minute", **body), paused=False)

    def run_by_hand(self) -> str:
        """Submit a job of the schedule that starts now."""
        job_id = self.engine.schedule_editor.run(ORG, "a", None).job.job_id
        self.service.backend.accepted[job_id] = ORG
        return job_id

    def default_callback(self) -> None:
        """Let failures of jobs without a callback be reported."""
        put_default(self.service.backend.documents, ORG, DefaultCallback(HOOK, "failed"))
        self.service.callbacks.on = "failed"
        self.service.backend.default_of = ORG

    def void_name(self, key: str) -> None:
        """Let a unique key belong to a job that is gone."""
        self.service.backend.store.take_name(ORG, f"key:{key}", "gone")

    def _wanted(self, rate: str, **body: Any) -> Any:
        caller, now = Caller(ApiKey(org=ORG), "key"), self.world.clock.now()
        asked = SCHEDULE | {"rate": rate} | body
        schedule, _ = schedule_of(asked, "a", caller, self.engine.submission, now)
        return schedule

    def flow(self, name: str, **limits: Any) -> None:
        self.engine.flow_editor.put(ORG, name, Limits(**limits), paused=False)

    def work(self, job_id: str) -> None:
        """Follow one wake-up before the processes start."""
        self.engine.worker.run(job_id, lambda: 600 * SECOND)

    def holding_and_waiting(self, flow: str = "one") -> tuple[str, str]:
        """Return a job that holds the slot of a flow of one between two attempts, and one in its line."""
        self.flow(flow, concurrency=1)
        holding, waiting = self.submitted("retry", flow=flow), self.submitted(flow=flow)
        self.work(holding)
        self.work(waiting)
        while self.world.queue.receive():
            pass
        assert self.world.job(holding).slot == 0
        assert self.world.job(waiting).waits is not None
        return holding, waiting

    # Processes of the service.

    def add(self, role: str, program: Callable[[], Any], *, old: bool = False, ahead: Millis = 0) -> None:
        self._names[role] += 1
        self.processes.append(Process(f"{role} {self._names[role]}", role, program, old, ahead))

    def worker(self, job_id: str, *, old: bool = False, ahead: Millis = 0) -> None:
        """Wake-ups are doubled and late, so one can come at any time."""
        self.add("worker", lambda: self._run(job_id), old=old, ahead=ahead)

    def _run(self, job_id: str) -> None:
        try:
            self.engine.worker.run(job_id, lambda: 600 * SECOND)
        except Unclaimed:
            # SQS delivers it again.
            self.world.queue.send(WakeUp(job_id, ORG, delay=30))

    def queue_worker(self) -> None:
        def work() -> None:
            wake_up = self.world.queue.receive()
            if wake_up is not None:
                self._run(wake_up.job_id)

        self.add("worker", work)

    def sweeper(self, *, old: bool = False, ahead: Millis = 0) -> None:
        def sweep() -> None:
            self.world.store.catch_up()
            self.engine.sweeper.sweep(lambda: MINUTE)

        self.add("sweeper", sweep, old=old, ahead=ahead)

    # Nature.

    def time(self, *jumps: int) -> None:
        """Each jump is a sleep, so others can act before it and after it."""

        def pass_by() -> None:
            for jump in jumps:
                self.world.clock.sleep(jump)

        self.add("time", pass_by)

    def ttl(self) -> None:
        self.add("ttl", lambda: self.world.store.expire(self.world.clock.now()))

    # Clients.

    def canceller(self, job_id: str, *, old: bool = False) -> None:
        self.add("canceller", lambda: self.engine.editor.cancel(ORG, job_id), old=old)

    def redeliverer(self, job_id: str) -> None:
        self.add("redeliverer", lambda: self.engine.editor.redeliver(ORG, job_id))

    def retrier(self, job_id: str) -> None:
        self.add("retrier", lambda: Accepted(self.engine.retrier.retry(ORG, job_id).job.job_id, None))

    def bulk(self, action: str) -> str:
        """Submit a bulk job, which a worker has to run."""
        self.world.store.catch_up()
        self.world.clock.advance(1)
        draft = Draft(ORG, FREE, "canonical", "bulk", {"action": action, "filter": {}})
        job_id = self.engine.submission.submit(draft).job.job_id
        self.service.backend.accepted[job_id] = ORG
        return job_id

    def submitter(self, text: str = "work", key: str | None = None, **asked: Any) -> None:
        submission, idempotency_key = self.engine.submission, IdempotencyKey.of(key, text)
        draft = Draft(ORG, FREE, "canonical", "echo", {"text": text}, **asked)

        def submit() -> Accepted:
            replayed = submission.replay(ORG, idempotency_key)
            return Accepted((replayed or submission.submit(draft, idempotency_key)).job.job_id, key)

        self.add("client", submit)

    def batcher(self, *texts: str, key: str) -> None:
        """Submit a batch. Each entry has a key of its own."""
        whole = IdempotencyKey.of(key, *texts)
        assert whole is not None
        drafts = [partial(Draft, ORG, FREE, "canonical", "echo", {"text": text}) for text in texts]
        entries = [Entry(draft, whole.of_entry(number)) for number, draft in enumerate(drafts)]

        def submit() -> list[Accepted]:
            outcomes = self.engine.batches.submit(ORG, entries, lambda wanted: (wanted, None))
            return [
                Accepted(each.job.job_id, f"{key} {number}")
                for number, each in enumerate(outcomes)
                if isinstance(each, AcceptedJob)
            ]

        self.add("client", submit)

    def reader(self, job_id: str) -> None:
        """Read the job, its executions and deliveries, and the list."""

        def read() -> None:
            self._read(job_id)
            check_list(self._listed())

        self.add("reader", read)

    def _read(self, job_id: str) -> None:
        reader = self.engine.reader
        before = reader.get(ORG, job_id)
        executions = reader.executions(ORG, job_id)
        after = reader.get(ORG, job_id)
        check_reading(before, executions, after)
        reader.shown_result(after)
        if after.callback is not None:
            check_deliveries([each.number for each in reader.deliveries(ORG, job_id)])

    def _listed(self) -> list[Job]:
        self.world.store.catch_up()
        return self.engine.reader.list_jobs(ORG, JobFilter(), 100).entries

    def lister(self) -> None:
        self._add_lister(self._listed)

    def slot_lister(self) -> None:
        self._add_lister(lambda: self.engine.schedule_reader.jobs(ORG, "a", 100, None).entries)

    def _add_lister(self, listed: Callable[[], list[Job]]) -> None:
        """Read a list, and the executions of its newest job."""

        def read() -> None:
            jobs = listed()
            check_list(jobs)
            for job in jobs[:1]:
                self._read(job.job_id)

        self.add("lister", read)

    def stranger(self, job_id: str) -> None:
        """Another org that knows the id of a job, and tries all that one can do with it."""
        reader, editor = self.engine.reader, self.engine.editor

        def reach() -> None:
            for reached in (
                reader.get,
                reader.executions,
                reader.deliveries,
                editor.cancel,
                editor.redeliver,
                self.engine.retrier.retry,
            ):
                with suppress(JobNotFound, Unavailable):
                    reached(STRANGER, job_id)
                    raise AssertionError("an org reached another's job")
            assert not reader.list_jobs(STRANGER, JobFilter(), 100).entries, "an org listed another's job"

        self.add("stranger", reach)

    def keeper(self, *actions: str) -> None:
        """Change the schedule by these actions in turn. With one keeper, its last answer must hold."""
        wanted = self._wanted("90 seconds")

        def keep() -> Stopped | Going | None:
            editor = self.engine.schedule_editor
            result: Stopped | Going | None = None
            for action in actions:
                match action:
                    case "put":
                        editor.put(wanted, None)
                        result = None
                    case "pause":
                        editor.pause(ORG, "a")
                        result = Stopped(self.world.clock.now())
                    case "delete":
                        editor.delete(ORG, "a")
                        result = Stopped(self.world.clock.now())
                    case "resume":
                        resumed = editor.resume(ORG, "a")
                        result = Going(resumed.recurrence.after(self.world.clock.now()) or 0)
            return result

        self.add("keeper", keep)

    def flow_keeper(self, name: str, *actions: str, **limits: Any) -> None:
        """Change a flow by these actions in turn. A change by others, or use, ends the process."""

        def keep() -> None:
            editor = self.engine.flow_editor
            for action in actions:
                match action:
                    case "put":
                        editor.put(ORG, name, Limits(**limits), None)
                    case "pause":
                        editor.pause(ORG, name)
                    case "resume":
                        editor.resume(ORG, name)
                    case "delete":
                        editor.delete(ORG, name)

        self.add("keeper of flows", keep)

    # The end of every history.

    def check(self, backend: Backend, results: list[Any]) -> None:
        answers = [each for result in results for each in (result if isinstance(result, list) else [result])]
        for each in answers:
            if isinstance(each, Accepted):
                backend.accepted[each.job_id] = ORG
                if each.key is not None:
                    backend.by_key.setdefault((ORG, each.key), set()).add(each.job_id)
        job_module.KNOWN_NEEDS = KNOWN
        check_end(self.service, backend)
        if self._names["keeper"] == 1:
            ran = [job.run_at for job in backend.store.ends.values() if job.executions]
            for result in results:
                if isinstance(result, Stopped):
                    assert max(ran, default=0) <= result.at, "a stopped schedule ran a slot"
                if isinstance(result, Going):
                    assert result.slot in ran, "a slot was left out"
