"""A backend in which everything that can fail does, repeatable from its seeds.

At every call of a port the caller may be refused, may get an error for a call that took effect, or may be
killed before or after it. Batches are read and sent in parts. Others may act in between: another worker with
a duplicate wake-up, the sweeper, a submitter, a canceller, a client that resends a callback, one that retries
jobs, one that submits batches, one that cancels or retries all jobs, one that reads lists and executions,
TTL. The interrupted caller then continues with what it knew before, like a slow or stalled process. Every
actor has its own clock, which is wrong by up to a second. Half of the actors run an older version of the
code, which does not know the need and the field that the newer one writes into some jobs.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from claimcheck.domain import job as job_module
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import ClaimcheckError, OutcomeUnknown, Unavailable
from claimcheck.domain.job import CALLBACK_HORIZON, DAY, HOUR, MINUTE, SECOND, FlowKey
from claimcheck.domain.outcome import Again, Fail, Retry
from claimcheck.domain.retry import RetryPolicy
from claimcheck.service.attempt import Overrun
from claimcheck.service.bulk import JOB_TYPE as BULK
from claimcheck.service.callbacks.settings import DefaultCallback, put_default
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.service.worker import Unclaimed
from claimcheck.testing import FrozenClock, MemoryWakeUpQueue
from tests.kit.world import Answer, Echo, Words, World, job_type
from tests.simulation.receiver import HOOK, Receiver
from tests.simulation.witness import KNOWN, PACE, PACED, READS, Killed, Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimcheck.authoring.context import JobContext
    from claimcheck.domain.job import Job, Millis
    from claimcheck.domain.ports import WakeUp

ORGS = ("acme", "umbrella")
DEFAULT_OF = "umbrella"
FLOWS: dict[str, dict[str, Any]] = {
    "one": {"concurrency": 1},
    "three": {"concurrency": 3},
    PACED: {"rate": {"starts": 1, "per_seconds": PACE // SECOND}},
}
FOCUSES = ("all", "flows", "schedules")
PRICE = 10
# Does not fit into a job's row.
LONG = "long" * 3000
DEADLINE = 20 * MINUTE
# The clocks of two actors differ by at most twice this: see "Leases" in docs/design.md.
SKEW = SECOND
FATES = ("result",) * 4 + ("retry", "again", "fail", "raise", "overrun", "kill")


class SkewedClock(FrozenClock):
    """A clock whose time is that of the actor who reads it."""

    skew = 0

    def now(self) -> Millis:
        return self.true() + self.skew

    def true(self) -> Millis:
        return super().now()


class TrueClock:
    """The time of the queue, which no actor's clock changes."""

    def __init__(self, clock: SkewedClock) -> None:
        self.now = clock.true
        self.sleep = clock.sleep


class Faulty:
    """A port with faults before and after every call, while the chaos lasts."""

    def __init__(self, port: Any, chaos: Chaos) -> None:
        self._port = port
        self._chaos = chaos

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._port, name)
        if not callable(operation):
            return operation
        return lambda *args: self._chaos.disturb(name, lambda: operation(*args))

    def read_many(self, job_ids: list[str]) -> list[Job]:
        """DynamoDB may leave keys unprocessed, which are requested again later."""
        half = len(job_ids) // 2
        parts = [job_ids[:half], job_ids[half:]]
        read = self._port.read_many
        return [job for part in parts for job in self._chaos.disturb("read_many", partial(read, part))]

    def send_many(self, wake_ups: list[WakeUp]) -> list[WakeUp]:
        """SQS may refuse some of a batch."""
        refused = [each for each in wake_ups if not self._chaos.calm and self._chaos.random.random() < 0.1]
        sent = [each for each in wake_ups if each not in refused]
        failed: list[WakeUp] = self._chaos.disturb("send_many", lambda: self._port.send_many(sent))
        return refused + failed


class Chaos:
    def __init__(self) -> None:
        self.random = Random(0)
        self.versions = Random(0)
        # What a history is about: "flows", "schedules" or "all". A bug of one thing is rarely met among all
        # (A. Groce et al., Swarm Testing, ISSTA 2012).
        self.focus = "all"
        self.calm = False
        self.depth = 0
        self.default_of = DEFAULT_OF
        self.early: list[str] = []
        self.files_saved = 0
        self.calls = self.faults = 0
        self.accepted: dict[str, str] = {}
        self.by_key: dict[tuple[str, str], set[str]] = {}
        self.added: Counter[str] = Counter()
        self.clock = SkewedClock()
        self.store = Witness()
        policy = RetryPolicy(max_attempts=3, base=2, cap=30)
        echo = job_type(
            retry=policy, timeout=90, deadline=DEADLINE // SECOND, retention=60, price=lambda given: PRICE
        )
        self.world = World(
            {"echo": self.handle},
            [echo, BULK],
            store=Faulty(self.store, self),
            timer=lambda duration: nullcontext(),
            clock=self.clock,
        )
        self.objects = self.world.objects
        self.queue = self.world.queue = MemoryWakeUpQueue(TrueClock(self.clock))
        self.keys = {org: self.world.key(org, limit=1_000_000) for org in ORGS}
        self.receiver = Receiver(self)
        self.world.rebuild(
            queue=Faulty(self.queue, self),
            objects=Faulty(self.objects, self),
            files=Faulty(self.world.files, self),
            keys=Faulty(self.world.keys, self),
            documents=Faulty(self.world.documents, self),
            outbound=self.receiver,
            schedule_store=Faulty(self.store.schedules, self),
            flow_store=Faulty(self.store.flows, self),
        )
        for org in ORGS:
            self._store_flows(org)
            self.add_credits(org, 200)
            issue_secret(self.world.documents, org, self.world.clock.now())
        # Jobs of this org without a callback of their own report a failure.
        put_default(self.world.documents, DEFAULT_OF, DefaultCallback(HOOK, "failed"))

    # Faults of the ports and of the handler.

    def disturb(self, name: str, call: Callable[[], Any]) -> Any:
        if self.calm:
            return call()
        self.calls += 1
        self.world.clock.advance(self.random.choice((0, 0, 3, 40)))
        self.interlude(0.5 if name in ("executions", "read_many") else 0.08)
        self._fault(0.03, Unavailable)
        self._fault(0.01, Killed)
        result = call()
        if name not in READS:
            # It took effect, but the caller gets an error.
            self._fault(0.06, OutcomeUnknown if name.startswith("insert") else Unavailable)
        self._fault(0.01, Killed)
        self.interlude(0.5 if name == "view" else 0.05)
        return result

    def handle(self, given: Words, job: JobContext) -> Any:
        stored = self.store.read(job.job_id)
        if stored is not None and stored.started_at is not None and stored.started_at < stored.run_at:
            self.early.append(job.job_id)
        if stored is not None and self.clock.true() < stored.run_at - SKEW:
            self.early.append(job.job_id)
        if self.calm:
            return self._saved(job)
        job.progress(1, 2, "half")
        self.world.clock.advance(self.random.choice((10, 500, 15 * SECOND, 70 * SECOND, 4 * MINUTE)))
        # A worker that comes after a lost one needs a sweep, a wake-up and an attempt.
        for _ in range(3):
            self.interlude(0.5)
        return self._meet(self.random.choice(FATES), self._saved(job))

    def _saved(self, job: JobContext) -> Echo:
        """Save a file, and return a result that names it and its content."""
        self.files_saved += 1
        content = str(self.files_saved)
        return Echo(text=f"{job.save('a', content.encode(), 'text/plain').url} {content}")

    def _meet(self, fate: str, result: Echo) -> Any:
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
        return result

    # Actions.

    def act(self) -> None:
        """Let one of the other actors act."""
        self.depth += 1
        actors = [self.deliver] * 3 + [self.sweep] * 2 + [self.submit, self.cancel, self.expire]
        match self.focus:
            case "flows":
                actors += [self.keep_flow]
            case "schedules":
                actors += [self.keep_schedule] * 3
            case _:
                actors += [self.redeliver, self.retry, self.read, self.keep_flow, *[self.keep_schedule] * 3]
                actors += [self.submit_batch, self.bulk]
        self.random.choice(actors)()
        self.depth -= 1

    def submit(self) -> None:
        flows = self.focus == "flows"
        org = ORGS[0] if flows else self.random.choice(ORGS)
        key = None if flows else self.random.choice((None, "a", "b", "c"))
        # The same key always comes with the same request.
        body: dict[str, Any] = {"type": "echo", "input": {"text": LONG if key == "a" else "short"}}
        if key is None:
            body |= self._times()
            body |= self._unique()
            if flows or (self.focus == "all" and self.random.random() < 0.7):
                body["flow"] = self.random.choice(("one", "one", "three", PACED))
        if key == "a" or (key is None and self.random.random() < 0.5):
            body["callback_url"] = HOOK
        for _ in range(self.random.choice((1, 3, 5) if "flow" in body else (1, 1, 3))):
            with self._as("submitter"):
                answer = self._attempt(lambda: self._post(org, body, key))
            if answer is not None:
                self._note(answer, org, key, body)

    def submit_batch(self) -> None:
        """Submit three jobs in one request, all with keys or none."""
        org, key = self.random.choice(ORGS), self.random.choice((None, "d"))
        body = {"jobs": [{"type": "echo", "input": {"text": text}} for text in ("short", LONG, "short")]}
        with self._as("submitter"):
            answer = self._attempt(lambda: self._post(org, body, key, "/v1/jobs/batch"))
        if answer is None or answer.status == 503:
            return
        assert answer.status == 200, answer.text
        for number, each in enumerate(answer.json["jobs"]):
            if each["status"] == 202:
                self._accept(each["job"]["job_id"], org, key and f"{key} {number}")
            else:
                assert each["status"] in {402, 503} | ({409} if key else set()), answer.text

    def bulk(self) -> None:
        """Sometimes cancel or retry all jobs of an org."""
        if self.random.random() < 0.3:
            org, action = self.random.choice(ORGS), self.random.choice(("cancel", "retry"))
            with self._as("submitter"):
                answer = self._attempt(
                    lambda: self._post(org, {"action": action, "filter": {}}, None, "/v1/bulk")
                )
            if answer is not None:
                self._note(answer, org, None, {})

    def deliver(self) -> None:
        """Let a worker have a batch of wake-ups, and die with the rest of it."""
        received = [self.queue.receive() for _ in range(self.random.choice((1, 1, 3)))]
        batch = [wake_up for wake_up in received if wake_up is not None]
        if not batch:
            self.world.clock.advance(self.random.choice((100, 900, 7 * SECOND)))
        fates = [self.random.random() for _ in batch]
        for wake_up, fate in zip(batch, fates, strict=True):
            if 0.05 <= fate < 0.15:
                self.queue.send(wake_up)  # doubled
        batch = [wake_up for wake_up, fate in zip(batch, fates, strict=True) if fate >= 0.05]  # or lost
        with self._as("worker"):
            for wake_up in self._not_done(batch):
                # Not deleted, so the queue delivers it again later.
                self.queue.send(wake_up._replace(delay=self.random.choice((1, 30, 120))))

    def _not_done(self, batch: list[WakeUp]) -> list[WakeUp]:
        """Follow wake-ups one after the other, as the function does. Return those that it does not finish."""
        failed: list[WakeUp] = []
        for number, wake_up in enumerate(batch):
            try:
                self.world.engine.worker.run(wake_up.job_id, lambda: 600 * SECOND)
            except Killed:
                return failed + batch[number:]
            except Unavailable:
                continue  # left to the sweeper
            except (ClaimcheckError, Unclaimed):
                failed.append(wake_up)
        return failed

    def sweep(self) -> None:
        self._let_index_catch_up()
        with self._as("sweeper"):
            self._attempt(lambda: self.world.engine.sweeper.sweep(lambda: MINUTE))

    def cancel(self) -> None:
        """Sometimes cancel a job. The other org's attempts find nothing."""
        if self.random.random() < 0.3 and (jobs := self.store.all_jobs()):
            going = [job for job in jobs if job.ended_at is None]
            job = self.random.choice(going if going and self.random.random() < 0.8 else jobs)
            org = self.random.choice((*ORGS, job.org))
            with self._as("canceller"):
                answer = self._attempt(lambda: self._call(org, "POST", f"/v1/jobs/{job.job_id}/cancel"))
            if answer is not None and org != job.org:
                assert answer.status in (404, 503), "an org reached another's job"

    def redeliver(self) -> None:
        """Sometimes resend a callback."""
        if self.random.random() < 0.3 and (jobs := self.store.all_jobs()):
            job = self.random.choice(jobs)
            with self._as("redeliverer"):
                path = f"/v1/jobs/{job.job_id}/redeliver"
                answer = self._attempt(lambda: self._call(job.org, "POST", path))
            assert answer is None or answer.status in (202, 404, 409, 503), answer.text

    def retry(self) -> None:
        """Sometimes retry one of the last two failed jobs, which may have been retried before."""
        failed = [job for job in self.store.all_jobs() if job.failed_at is not None]
        if failed and self.random.random() < 0.5:
            job = self.random.choice(sorted(failed, key=lambda job: job.failed_at or 0)[-2:])
            with self._as("retrier"):
                answer = self._attempt(lambda: self._call(job.org, "POST", f"/v1/jobs/{job.job_id}/retry"))
            if answer is None:
                return
            # Its flow can be gone or full.
            limited = {422, 429} if job.flow is not None and job.flow.name == "three" else set()
            assert answer.status in {202, 402, 404, 409, 503} | limited, answer.text
            if answer.status == 202:
                self.accepted[answer.json["job_id"]] = job.org
                assert self.store.retries[job.job_id] == {answer.json["job_id"]}, "another retry was shown"

    def read(self) -> None:
        """Let a client read a job's executions, and lists to their ends: each thing once, newest first."""
        org = self.random.choice(ORGS)
        with self._as("reader"):
            jobs = [job for job in self.store.all_jobs() if job.org == org and job.ended_at is None]
            for job in self.random.sample(jobs, min(len(jobs), 2)):
                self._read_history(job.job_id, org)
            for path in ("/v1/jobs", "/v1/schedules/a/jobs"):
                self._read_list(path, org)
            if self.world.files.files:
                self._read_file(self.random.choice(list(self.world.files.files)), org)

    def _read_history(self, job_id: str, org: str) -> None:
        for name in ("executions", "deliveries"):
            answer = self._attempt(partial(self._call, org, "GET", f"/v1/jobs/{job_id}/{name}"))
            if answer is None or answer.status in (404, 503):
                continue
            found = answer.json[name]
            numbers = [each["number"] for each in found]
            assert numbers == list(range(len(numbers), 0, -1)), f"{name} are not each shown once"
            assert all(each.get("outcome") != "running" for each in found[1:]), "an ended attempt is running"

    def _read_file(self, key: str, org: str) -> None:
        """Ask for a file as somebody who knows where it is stored."""
        job_id, _, token = key.rpartition("/")[2].rpartition("-")
        answer = self._attempt(partial(self._call, org, "GET", f"/v1/jobs/{job_id}/files/{token}/a"))
        if answer is not None and answer.status == 303:
            job = self.store.ends[job_id]
            assert job.org == org, "an org read another's file"
            assert job.result is not None, "a file was read that no result names"
            assert token in (job.result.text or ""), "a file was read that no result names"

    def _read_list(self, path: str, org: str) -> None:
        found: list[str] = []
        cursor = ""
        while cursor is not None:
            query = f"limit=2{cursor and f'&cursor={cursor}'}"
            answer = self._attempt(partial(self._call, org, "GET", path, query=query))
            if answer is None or answer.status in (404, 503):
                break
            found += [each["job_id"] for each in answer.json["jobs"]]
            cursor = answer.json["next_cursor"]
        owners = {job.org for job in map(self.store.read, found) if job is not None}
        assert owners <= {org}, "an org listed another's job"
        assert found == sorted(set(found), reverse=True), "a list has a job twice, or in the wrong place"

    def keep_schedule(self) -> None:
        """Let an org store, stop, run or delete one of its schedules. Both orgs use the same names."""
        org, name = self.random.choice(ORGS), self.random.choice("ab")
        path = f"/v1/schedules/{name}"
        asked: list[tuple[Any, ...]] = [("PUT", path, self._schedule(name))] * 4
        asked += [("POST", f"{path}/{action}") for action in ("pause", "resume", "run")]
        asked += [("DELETE", path)]
        with self._as("keeper"):
            answer = self._attempt(lambda: self._call(org, *self.random.choice(asked)))
        if answer is not None:
            assert answer.status in (200, 201, 202, 204, 402, 404, 503), answer.text
            if answer.status == 202:
                self.accepted[answer.json["job_id"]] = org
        self.store.check_schedules(self.clock.true() + SKEW)

    def keep_flow(self) -> None:
        """Let an org pause, resume or change one of its flows. Only "three" can be lowered and deleted."""
        org, name = self.random.choice(ORGS), self.random.choice(list(FLOWS))
        busy = [job.flow for job in self.store.all_jobs() if job.flow is not None and job.waits is not None]
        if busy and self.random.random() < 0.8:
            org, name = self.random.choice(busy)
        path = f"/v1/flows/{name}"
        asked: list[tuple[Any, ...]] = [
            ("POST", f"{path}/pause"),
            *[("POST", f"{path}/resume")] * 2,
            ("GET", path),
        ]
        if name == "three":
            limits = {"concurrency": self.random.choice((1, 2, 3)), "max_waiting": 2}
            rate = {"starts": self.random.choice((1, 20)), "per_seconds": 5, "burst": 2}
            asked += [("PUT", path, limits), ("PUT", path, limits | {"rate": rate}), ("DELETE", path)]
        with self._as("keeper"):
            answer = self._attempt(lambda: self._call(org, *self.random.choice(asked)))
        assert answer is None or answer.status in (200, 201, 204, 404, 409, 503), answer.text

    def _store_flows(self, org: str) -> None:
        """Store the flows that are missing, and resume the paused ones. Others are left to the sweeper."""
        calm, self.calm = self.calm, True
        for name, limits in FLOWS.items():
            flow = self.store.flows.read(FlowKey(org, name))
            if flow is None or flow.limits.paused:
                assert self._call(org, "PUT", f"/v1/flows/{name}", limits | {"paused": False}).status < 300
        self.calm = calm

    def _schedule(self, name: str) -> dict[str, Any]:
        again = {"type": "echo", "input": {"text": "again"}, "metadata": {"schedule": name}}
        rate = self.random.choice(("1 minute", "90 seconds"))
        again |= {"overlap": self.random.choice(("allow", "skip"))} | ({"flow": "one"} if name == "b" else {})
        return again | {"rate": rate, "missed": self.random.choice(("skip", "run_once"))}

    def expire(self) -> None:
        self.store.expire(self.clock.true())

    def jump(self, duration: int) -> None:
        self.world.clock.advance(duration)
        self.expire()

    def add_credits(self, org: str, amount: int) -> None:
        token = self.world.randomness.token()
        self.store.credits.add_credits(org, amount, self.world.clock.now(), token)
        self.added[org] += amount

    def settle(self) -> list[str]:
        """End the faults, and let time pass until every deadline is over. Returns the jobs that had time
        enough left."""
        self.calm = True
        # A calm world runs the newer code only.
        with self._as("worker"):
            return self._settle()

    def _settle(self) -> list[str]:
        self.store.catch_up()
        for org in ORGS:
            self._store_flows(org)
        if self.random.random() < 0.5:
            # All wake-ups can be lost: then only the sweeper is left.
            self.queue._waiting.clear()
        self._end_schedules()
        soon = self.world.clock.now() + 10 * MINUTE
        hopeful = [job.job_id for job in self.store.all_jobs() if not job.ended_at and job.deadline > soon]
        for _ in range(90):
            self.world.advance(MINUTE)
            self.store.catch_up()
        for _ in range(CALLBACK_HORIZON // HOUR):
            if any(job.owes_callback for job in self.store.all_jobs()):
                self.world.advance(HOUR)
                self.store.catch_up()
        return hopeful

    def _end_schedules(self) -> None:
        """Let schedules that are not paused continue, then delete them, so that all jobs end."""
        for _ in range(3):
            self.world.advance(MINUTE)
            self.store.catch_up()
        now = self.world.clock.now()
        for schedule in self.store.schedules.all_schedules():
            # A worker that waits for a job's second may move the clock past a tick.
            going = schedule.next_at is not None and schedule.next_at > now - MINUTE
            assert going is not schedule.paused, "a schedule was forgotten"
            assert all(run.job_id in self.store.made for run in schedule.runs)
            assert self._call(schedule.org, "DELETE", f"/v1/schedules/{schedule.name}").status == 204

    def _unique(self) -> dict[str, str]:
        """Sometimes name the work. Both orgs use the same names."""
        if self.random.random() < 0.6:
            return {}
        return {"unique_key": "work", "on_duplicate": self.random.choice(("reject", "existing"))}

    def _times(self) -> dict[str, str | None]:
        now = self.world.clock.now()
        chance = self.random.random()
        if chance < 0.4:
            return {"run_at": rfc3339(now + self.random.choice((300, 2700, 70 * SECOND, 17 * MINUTE)))}
        if chance < 0.5:
            return {"start_by": rfc3339(now + self.random.choice((SECOND, 20 * SECOND)))}
        return {"deadline": rfc3339(now + 90 * SECOND)} if chance < 0.6 else {}

    def _post(self, org: str, body: dict[str, Any], key: str | None, path: str = "/v1/jobs") -> Answer:
        headers = {"idempotency_key": key} if key else {}
        return self._call(org, "POST", path, body, **headers)

    def _call(
        self, org: str, method: str, path: str, body: Any = None, query: str = "", **headers: str
    ) -> Answer:
        return self.world.request(method, path, body, key=self.keys[org], query=query, **headers)

    def _note(self, answer: Answer, org: str, key: str | None, body: dict[str, Any]) -> None:
        if answer.status == 202:
            self._accept(answer.json["job_id"], org, key)
        else:
            # A deadline may have passed during the request, or the job of the key may have expired.
            possible = {402, 503}
            possible |= {422} if "deadline" in body or "start_by" in body else set()
            possible |= {409} if key or "unique_key" in body else set()
            possible |= {200} if body.get("on_duplicate") == "existing" else set()
            possible |= {422, 429} if body.get("flow") == "three" else set()
            assert answer.status in possible, answer.text
            assert answer.status not in (429, 503) or answer.headers["Retry-After"]

    def _accept(self, job_id: str, org: str, key: str | None) -> None:
        self.accepted[job_id] = org
        if key is not None:
            self.by_key.setdefault((org, key), set()).add(job_id)

    def _attempt(self, action: Callable[[], Any]) -> Any:
        """Run a step of a process, which may fail or be killed."""
        try:
            return action()
        except (ClaimcheckError, Unclaimed, Killed):
            return None

    @contextmanager
    def _as(self, actor: str) -> Iterator[None]:
        before, self.store.actor, skew = self.store.actor, actor, self.clock.skew
        newer = self.calm or self.versions.random() < 0.5
        self.clock.skew = 0 if self.calm else self.versions.randint(-SKEW, SKEW)
        try:
            with patch.object(job_module, "KNOWN_NEEDS", KNOWN if newer else frozenset()):
                yield
        finally:
            self.store.actor, self.clock.skew = before, skew

    def _let_index_catch_up(self) -> None:
        if self.random.random() < 0.7:
            self.store.catch_up()

    def interlude(self, chance: float) -> None:
        if self.depth < 3 and self.random.random() < chance:
            try:
                self.act()
            except AssertionError as error:
                # Recorded, because the engine, in which this happens, handles exceptions.
                self.store.violations.append(str(error))

    def _fault(self, chance: float, error: type[BaseException]) -> None:
        if self.random.random() < chance:
            self.faults += 1
            raise error


JUMPS = (SECOND, 5 * SECOND, 20 * SECOND, 40 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, DAY)
