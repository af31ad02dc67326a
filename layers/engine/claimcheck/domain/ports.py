"""The ports of the engine. Each has an adapter for AWS and one in memory.

Every call may raise `Unavailable`, after the adapter's retries. A write may have worked even then, and can
be repeated. Only `JobStore.insert` reports that case, as `OutcomeUnknown`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, TypeVar
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from claimcheck.domain.files import StoredFile, UploadRequest
    from claimcheck.domain.flows import Flow, Micros, Slot, Ticket, View
    from claimcheck.domain.job import Delivery, Execution, FlowKey, Job, Millis, Movement, Reservation
    from claimcheck.domain.keys import ApiKey, Use, Window
    from claimcheck.domain.schedules import Replacement, Schedule, ScheduleKey

    # The owner of a due row: a job, a schedule or a flow.
    DueOwner = str | ScheduleKey | FlowKey
    # The last row of a page.
    DueAfter = tuple[Millis, DueOwner]

K = TypeVar("K")
T = TypeVar("T")

SHARDS = 16
# After any time of a job.
FAR: Millis = 10**15
# The most executions, and the most deliveries, that are shown of a job.
RECORDED = 100
# The most jobs of one write. Each has up to four parts, beside one for all charges
# ("TransactWriteItems ... up to 100 distinct items", Amazon DynamoDB Developer Guide).
TOGETHER = 24


def shard_of(job_id: str) -> int:
    """Return a job's shard of the index by `due_at`, 0 to 15. All stores use the same."""
    return crc32(job_id.encode()) % SHARDS


def shard_of_key(key: ScheduleKey | FlowKey) -> int:
    return shard_of("#".join(key))


class Clock(Protocol):
    def now(self) -> Millis: ...

    def sleep(self, duration: Millis) -> None: ...


class Randomness(Protocol):
    def job_id(self, now: Millis) -> str:
        """Return a UUIDv7 (RFC 9562, section 5.7) of the time `now`."""

    def token(self) -> str:
        """Return an unguessable token of 32 hexadecimal digits."""

    def below(self, bound: int) -> int:
        """Return a uniformly random integer from 0 to `bound`, both included."""


class WakeUp(NamedTuple):
    """A message that says "look at this job". If it is lost, doubled or delayed, that costs only time."""

    job_id: str
    org: str
    delay: int = 0  # seconds, at most 900


class Page(NamedTuple, Generic[T]):
    """A page of a list. `after` starts the next page, and is None on the last."""

    entries: list[T]
    after: str | None


def every(read: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Yield the entries of all pages of a list. `read` returns the page that starts after a place."""
    after = None
    while True:
        entries, after = read(after)
        yield from entries
        if after is None:
            return


def failed_place(failed_at: Millis, job_id: str) -> str:
    """Return a job's place in the list of failed jobs. Places sort as the list does."""
    return f"{failed_at:015}.{job_id}"


def chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return the items in parts of at most `size`, for calls that take no more at once."""
    return [items[start : start + size] for start in range(0, len(items), size)]


class DuePage(NamedTuple):
    """A page of due rows. `oldest` is the first one's `due_at`, or None if the page is empty."""

    found: list[DueOwner]
    after: DueAfter | None
    oldest: Millis | None = None

    @property
    def job_ids(self) -> list[str]:
        return [each for each in self.found if isinstance(each, str)]

    def keys(self, kind: type[K]) -> list[K]:
        """Return the keys of this kind: `ScheduleKey` or `FlowKey`."""
        return [each for each in self.found if isinstance(each, kind)]


class NewJob(NamedTuple):
    """A job to store, with the reservation of its Idempotency-Key.

    `on_duplicate` says how to answer if another job has its unique key: see `Draft`.
    """

    job: Job
    key_hash: str | None = None
    reservation: Reservation | None = None
    on_duplicate: Literal["reject", "existing"] = "reject"


class JobStore(Protocol):
    def insert(
        self,
        job: Job,
        key_hash: str | None,
        reservation: Reservation | None,
        schedule: Replacement | None = None,
        retried: Job | None = None,
    ) -> None:
        """Store a new job with the reservation of its Idempotency-Key, and take its charge.

        In the same write, give the job its `unique_names`; replace the job's `schedule`, and record the job
        for it; and mark the failed job of which it is the retry, `retried`, as `retried_as` this one. A
        repeat for the same job and `written_by` succeeds.
        Raises: Conflict if the `written_by` of the stored schedule or of the stored failed job is not the
        given one's, with the stored job; KeyTaken if the key still stands for another job; NameTaken;
        InsufficientCredits; Unavailable if nothing was stored; OutcomeUnknown if the job may have been
        stored.
        """

    def reserve(self, key_hash: str, reservation: Reservation, now: Millis) -> None:
        """Store the reservation of an Idempotency-Key for a job that is there already.

        Raises: KeyTaken if the key still stands for a job, which can be this one.
        """

    def insert_many(self, jobs: Sequence[NewJob]) -> None:
        """Store new jobs of one org, at most `TOGETHER`, with all that `insert` does, or none of them.

        Their unique names differ. Raises: as `insert` does, for the first job that is refused.
        """

    def reservation(self, org: str, key_hash: str) -> Reservation | None: ...

    def release_name(self, org: str, name: str, job_id: str) -> None:
        """Take a unique name from a job that has it wrongly, if it still has it."""

    def read(self, job_id: str) -> Job | None: ...

    def read_many(self, job_ids: Sequence[str]) -> list[Job]:
        """Return at most 100 jobs, in the order of `job_ids`, without those that do not exist."""

    def replace(self, old: Job, new: Job, record: Execution | Delivery | None = None) -> None:
        """Store `new` if the stored job's `written_by` is that of `old`.

        In the same write, give and take the `unique_names` that have changed, give back the charge if `new`
        has failed, store `record`, which replaces one with the same number, and make the slot and the ticket
        of the job's flow those of `new`. A repeat succeeds.
        Raises: Conflict, with the stored job; NameTaken, SlotTaken.
        """

    def list_jobs(
        self, org: str, after: str | None, limit: int, since: Millis = 0, before: Millis = FAR
    ) -> Page[str]:
        """Return the ids of an org's jobs, newest first, created from `since` on and before `before`.

        `after` is the last job id of the previous page.
        """

    def list_failed(self, org: str, after: str | None, limit: int, since: Millis = 0) -> Page[str]:
        """Return the ids of an org's jobs that failed from `since` on, those that failed last first.

        `after` is the place of the last job of the previous page: see `failed_place`.
        """

    def due(self, shard: int, now: Millis, after: DueAfter | None, limit: int) -> DuePage:
        """Return what is due in one shard (0 to 15): `due_at` <= `now`, longest due first."""

    def executions(self, job_id: str) -> list[Execution]:
        """Return the last 100 recorded executions, newest first."""

    def record_delivery(self, job: Job, delivery: Delivery) -> None:
        """Store a delivery. It replaces one with the same number."""

    def deliveries(self, job_id: str) -> list[Delivery]:
        """Return the last 100 recorded deliveries, newest first."""


class ScheduleStore(Protocol):
    """Recurring schedules. `JobStore.due` returns those that are due."""

    def read(self, key: ScheduleKey) -> Schedule | None: ...

    def put(self, old: Schedule | None, new: Schedule) -> bool:
        """Store `new` if the stored schedule's `written_by` is that of `old`, or if both do not exist.

        Return whether it was stored. A repeat returns the same.
        """

    def delete(self, schedule: Schedule) -> bool:
        """Delete a schedule if the stored one's `written_by` is that of `schedule`.

        Return whether it is gone: also after a repeat.
        """

    def list_schedules(self, org: str, after: str | None, limit: int) -> Page[Schedule]:
        """Return an org's schedules, sorted by name, without their inputs."""

    def record(self, key: ScheduleKey, job: Job) -> None:
        """Record a schedule's job for as long as it can be read."""

    def job_ids(self, key: ScheduleKey, after: str | None, limit: int) -> Page[str]:
        """Return a schedule's recorded jobs, newest first. `after` is as in `list_jobs`."""


class FlowStore(Protocol):
    """Flows. Their slots and tickets change only with their jobs, by `JobStore.replace`."""

    def read(self, key: FlowKey) -> Flow | None: ...

    def put(self, old: Flow | None, new: Flow, next_start_at: Micros | None = None) -> bool:
        """Store `new` if the stored flow's `written_by` is that of `old`, or if both do not exist.

        A `next_start_at` replaces the stored one. Return whether it was stored. A repeat returns the same.
        """

    def delete(self, flow: Flow) -> bool:
        """Delete a flow if the stored one's `written_by` is that of `flow`, and it is not due.

        Return whether it is gone: also after a repeat.
        """

    def list_flows(self, org: str, after: str | None, limit: int) -> Page[Flow]:
        """Return an org's flows, sorted by name. A page may be short."""

    def view(self, key: FlowKey) -> View:
        """Return the flow at one moment, with the first 101 of its line."""

    def waiting(self, key: FlowKey, limit: int) -> int:
        """Return how many jobs wait in the flow's line, at most `limit`."""

    def set_due(self, key: FlowKey, seen: Millis | None, due_at: Millis | None) -> bool:
        """Replace the flow's `due_at` if it is `seen`. Return whether it was replaced.

        A flow that a job type declares is created for this. Any other must exist.
        """

    def reserve(self, key: FlowKey, seen: Micros | None, next_start_at: Micros, turn: Millis) -> bool:
        """Replace the flow's `next_start_at` if it is `seen`, and set its `turn`.

        Return whether this was done.
        """

    def end_turn(self, key: FlowKey, turn: Millis) -> None:
        """Remove the flow's `turn` if it is this one."""

    def delete_void(self, key: FlowKey, row: Slot | Ticket) -> None:
        """Delete a slot or ticket, if it is still the one of `row.token`."""


class WakeUpQueue(Protocol):
    def send(self, wake_up: WakeUp) -> None: ...

    def send_many(self, wake_ups: Sequence[WakeUp]) -> list[WakeUp]:
        """Send as many as possible, and return those that could not be sent. Raises nothing."""

    def waiting(self) -> int:
        """Return about how many wake-ups can be received now."""


class ObjectStore(Protocol):
    def put(self, key: str, text: str) -> None: ...

    def get(self, key: str) -> str:
        """Raises: Unavailable, also if there is no such object: S3 says so only to those who may list."""

    def delete(self, key: str) -> None:
        """Delete an object, if it exists."""

    def url(self, key: str) -> str:
        """Return a URL that reads the object without credentials for five minutes."""


class FileStore(Protocol):
    """Uploads and result files. They are streamed: memory does not grow with their size."""

    def upload_request(self, key: str, size: int, content_type: str) -> UploadRequest:
        """Return the request that uploads one file of exactly `size` bytes, once, within `UPLOAD_TIME`."""

    def find(self, key: str) -> StoredFile | None: ...

    def keep(self, key: str) -> None:
        """Keep an upload like a payload. Without this it is deleted after a day."""

    def open(self, key: str, etag: str) -> BinaryIO | None:
        """Return a file's content, in which one can seek; None if there is no file with this ETag.

        Reading may raise `Unavailable`.
        """

    def save(self, key: str, content: BinaryIO, size: int, content_type: str, name: str) -> None:
        """Store `size` bytes, the whole content, for a download under `name`."""

    def url(self, key: str) -> str:
        """Return a URL that downloads the file without credentials for five minutes."""


class DocumentStore(Protocol):
    """An org's documents: JSON texts of at most 256 KiB, by kind and name."""

    def put(self, org: str, kind: str, name: str, text: str) -> None: ...

    def find(self, org: str, kind: str, prefix: str = "") -> dict[str, str]:
        """Return the documents of a kind by name, sorted, those whose name starts with `prefix`."""


class Turn(NamedTuple):
    """A message of a conversation with a model: `role` is `user` or `assistant`."""

    role: str
    text: str


class Reply(NamedTuple):
    """A model's answer, with Bedrock's `stop_reason` (Amazon Bedrock API Reference, "Converse")."""

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
        """Return the model's next turn, which should be JSON of `schema`. `timeout` is in seconds.

        Raises: Unavailable if a retry can help; ModelRefused (see `generation`) if it cannot.
        """


class Translator(Protocol):
    def translate(self, text: str, source: str, target: str) -> str:
        """Translate a text. `source` and `target` are Amazon Translate's language codes.

        Raises: Unavailable; UnsupportedLanguage.
        """


def secret_variable(app: str, name: str) -> str:
    """Return the worker's variable with the ARN of an app's secret."""
    return f"{app}__{name}".upper()


class SecretStore(Protocol):
    def read(self, arn: str) -> str:
        """Return the text of a parameter in Parameter Store or of a secret in Secrets Manager.

        Raises: Unavailable. Its message is the reason, for the log.
        """


class CreditStore(Protocol):
    def credits(self, org: str) -> int: ...

    def add_credits(self, org: str, amount: int, at: Millis, token: str) -> None:
        """Add credits. A repeat with the same `token` adds nothing."""

    def ledger(self, org: str, limit: int, after: str | None = None) -> Page[Movement]:
        """Return the movements, newest first. `after` is the previous page's."""


class KeyStore(Protocol):
    def api_key(self, key_hash: str) -> ApiKey | None: ...

    def put_api_key(self, key_hash: str, key: ApiKey) -> None: ...

    def api_keys(self, org: str) -> dict[str, ApiKey]:
        """Return an org's keys by their hashes."""

    def take(self, key_hash: str, window: Window, amount: int, limit: int) -> int | None:
        """Count `amount` requests or jobs, once, in a window, and return the new count.

        Return None and count nothing if it would exceed `limit`.
        """

    def use(self, key_hash: str, now: Millis) -> Use:
        """Return a key's use, as far as `take` has counted it."""
