"""What the engine needs from the outside: each port has an adapter for AWS and one in memory.

Every call may raise `Unavailable`, when its adapter has repeated it in vain. A write may even so
have worked, but can be repeated: only `JobStore.insert` tells the two apart, by `OutcomeUnknown`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimcheck.domain.job import Delivery, Execution, Job, Millis, Movement, Reservation
    from claimcheck.domain.keys import ApiKey
    from claimcheck.domain.schedules import Schedule, ScheduleKey

    # Where the next page of what is due starts after: a time, and whose it is.
    DueAfter = tuple[Millis, str | ScheduleKey]

SHARDS = 16
# How many executions of one job are shown, and how many deliveries of its callback.
RECORDED = 100


class Clock(Protocol):
    def now(self) -> Millis: ...

    def sleep(self, duration: Millis) -> None: ...


class Randomness(Protocol):
    def job_id(self, now: Millis) -> str:
        """A UUIDv7 (RFC 9562, section 5.7) of the time `now`."""
        ...

    def token(self) -> str:
        """An unguessable token of 32 hexadecimal digits."""
        ...

    def below(self, bound: int) -> int:
        """An integer from 0 to `bound`, both included, each as likely."""
        ...


class WakeUp(NamedTuple):
    """Says "look at this job" and nothing else: losing, doubling or delaying one costs only time."""

    job_id: str
    org: str
    delay: int = 0  # seconds, at most 900


class Page(NamedTuple):
    """Some job ids, and where the next page starts after: None when this was the last."""

    job_ids: list[str]
    after: str | None


class DuePage(NamedTuple):
    """What is due, of both kinds."""

    job_ids: list[str]
    schedules: list[ScheduleKey]
    after: DueAfter | None


class SchedulePage(NamedTuple):
    """Some schedules, without their inputs, and the name that the next page starts after."""

    schedules: list[Schedule]
    after: str | None


class LedgerPage(NamedTuple):
    movements: list[Movement]
    after: str | None


class JobStore(Protocol):
    def insert(self, job: Job, key_hash: str | None, reservation: Reservation | None) -> None:
        """Store a new job, with it the reservation of its Idempotency-Key, and take its charge.

        Repeating it for the same job and `written_by` succeeds.
        Raises: KeyTaken when the key still stands for another job; InsufficientCredits; Unavailable
        when nothing was stored; OutcomeUnknown when something may have been.
        """

    def reservation(self, org: str, key_hash: str) -> Reservation | None: ...

    def read(self, job_id: str) -> Job | None: ...

    def read_many(self, job_ids: Sequence[str]) -> list[Job]:
        """At most 100 jobs, in the order asked for; those that are not there are left out."""
        ...

    def replace(self, old: Job, new: Job) -> None:
        """Store `new` if the stored job is still `old`, which their `written_by` tells; and with its
        end, when that is a failure, give back what the job was charged.

        Repeating it succeeds. Raises: Conflict, with the job as it stands.
        """

    def list_jobs(self, org: str, after: str | None, limit: int) -> Page:
        """An org's job ids, newest first; `after` is the last job id of the page before."""
        ...

    def due(self, shard: int, now: Millis, after: DueAfter | None, limit: int) -> DuePage:
        """The jobs and schedules of one shard (0 to 15) whose `due_at` has come, longest due first."""
        ...

    def record(self, job: Job, execution: Execution) -> None:
        """Store one execution of `job`; the same number again replaces it."""

    def executions(self, job_id: str) -> list[Execution]:
        """The last 100 recorded executions, newest first."""
        ...

    def record_delivery(self, job: Job, delivery: Delivery) -> None:
        """Store one delivery of the job's callback; the same number again replaces it."""

    def deliveries(self, job_id: str) -> list[Delivery]:
        """The last 100 recorded deliveries, newest first."""
        ...


class ScheduleStore(Protocol):
    """Recurring schedules. The job store tells which of them are due."""

    def read(self, key: ScheduleKey) -> Schedule | None: ...

    def put(self, old: Schedule | None, new: Schedule) -> bool:
        """Store `new` if the stored schedule is still `old`, which their `written_by` tells, or if there
        still is none. Returns whether it was stored; repeating it tells the same."""
        ...

    def delete(self, key: ScheduleKey) -> None:
        """Deleting what is not there succeeds."""

    def list_schedules(self, org: str, after: str | None, limit: int) -> SchedulePage:
        """An org's schedules, by name and without their inputs."""
        ...

    def record(self, key: ScheduleKey, job: Job) -> None:
        """Remember that `job` was made for a schedule, for as long as the job can be read."""

    def job_ids(self, key: ScheduleKey, after: str | None, limit: int) -> Page:
        """The jobs that were recorded for a schedule, newest first; `after` as in `list_jobs`."""
        ...


class WakeUpQueue(Protocol):
    def send(self, wake_up: WakeUp) -> None: ...

    def send_many(self, wake_ups: Sequence[WakeUp]) -> int:
        """Send as many as possible and return how many could not be sent."""
        ...

    def waiting(self) -> int:
        """About how many could be taken now. Raises: Unavailable."""
        ...


class ObjectStore(Protocol):
    def put(self, key: str, text: str) -> None: ...

    def get(self, key: str) -> str: ...

    def url(self, key: str) -> str:
        """A URL that reads the object without credentials for the next few minutes."""
        ...


class DocumentStore(Protocol):
    """What an org keeps beside its jobs: JSON texts of at most 256 KiB, by kind and name."""

    def put(self, org: str, kind: str, name: str, text: str) -> None: ...

    def find(self, org: str, kind: str, prefix: str = "") -> dict[str, str]:
        """The documents of a kind whose name begins so, by name and in its order."""
        ...


class Turn(NamedTuple):
    """One side's words in a conversation with a model: `role` is `user` or `assistant`."""

    role: str
    text: str


class Reply(NamedTuple):
    """A model's answer. `stop_reason` is Bedrock's (Amazon Bedrock API Reference, "Converse")."""

    text: str
    stop_reason: str
    input_tokens: int
    output_tokens: int


class LanguageModel(Protocol):
    def converse(
        self,
        model_id: str,
        system: str,
        turns: Sequence[Turn],
        schema: dict[str, Any],
        *,
        max_tokens: int,
        timeout: float,
    ) -> Reply:
        """The model's next turn, which should be JSON of `schema`; `timeout` is in seconds.

        Raises: Unavailable when the model cannot be reached for now; ModelRefused (see `generation`)
        when trying again would not help.
        """
        ...


class Translator(Protocol):
    def translate(self, text: str, source: str, target: str) -> str:
        """`source` and `target` are language codes as Amazon Translate has them.

        Raises: Unavailable; UnsupportedLanguage.
        """
        ...


class CreditStore(Protocol):
    """The orgs' credits, and every movement of them. The job store moves them with its jobs."""

    def credits(self, org: str) -> int: ...

    def add_credits(self, org: str, amount: int, at: Millis, token: str) -> None:
        """Add credits; the same call with the same `token` adds them once."""

    def ledger(self, org: str, limit: int, after: str | None = None) -> LedgerPage:
        """The latest movements, newest first; `after` is that of the page before."""
        ...


class KeyStore(Protocol):
    """API keys and the rate windows that count their requests."""

    def api_key(self, key_hash: str) -> ApiKey | None: ...

    def put_api_key(self, key_hash: str, key: ApiKey) -> None: ...

    def api_keys(self, org: str) -> dict[str, ApiKey]:
        """An org's keys by their hashes. For its operator: no request needs this."""
        ...

    def take(self, key_hash: str, minute: int, amount: int, limit: int) -> int | None:
        """Count `amount` requests in the window of that minute since the epoch, and never twice.

        Returns the new count, or None, counting nothing, when that would go over `limit`.
        """
        ...
