"""Submission of many jobs in one request. Each entry is a submission of its own, and has its own outcome."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from claimcheck.domain.errors import ClaimcheckError, InternalError, Unavailable
from claimcheck.domain.job import SECOND
from claimcheck.domain.observability import failure
from claimcheck.domain.ports import TOGETHER, NewJob, chunks
from claimcheck.service.submission import AcceptedJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from claimcheck.domain.job import FlowKey, Job, Millis
    from claimcheck.service.submission import Draft, IdempotencyKey, Submission
    from claimcheck.service.transition import Jobs

    Outcome = AcceptedJob | ClaimcheckError

T = TypeVar("T")

MAX_ENTRIES = 100
# Nothing starts later than this after the request: with its retries, a call takes up to 16 s, and API Gateway
# waits 29 s (AWS General Reference, "Amazon API Gateway endpoints and quotas").
STARTS = 10 * SECOND
# No entry is prepared later than this, so that those which are prepared can also be stored.
PREPARATIONS = STARTS // 2
# "a maximum of 10 messages" (Amazon SQS API Reference, SendMessageBatch).
MESSAGES = 10


class Entry(NamedTuple):
    """A job to submit. `read` makes its draft, and may raise, unless the `key` has a job already."""

    read: Callable[[], Draft]
    key: IdempotencyKey | None


class BatchSubmission:
    def __init__(
        self,
        jobs: Jobs,
        submission: Submission,
        spread: Callable[..., Iterable[Any]] = map,
    ) -> None:
        """`spread` is `map`, or an executor's `map` to run in parallel."""
        self._jobs = jobs
        self._submission = submission
        self._spread = spread

    def submit(
        self, org: str, entries: Sequence[Entry], grant: Callable[[int], tuple[int, ClaimcheckError | None]]
    ) -> list[Outcome]:
        """Submit each entry as `Submission.submit` does. Return its job, or its error, in order.

        `grant` returns how many of the new jobs may be stored, and the error of the others. Entries for which
        no time is left get Unavailable. Their inputs are left to the bucket's lifecycle, for the same reason.
        """
        began = self._jobs.clock.now()
        until = began + STARTS
        # The line of each flow is counted once, or a few times at once.
        prepare_one = partial(self._prepare, org, cache(self._submission.has_room))
        prepare = partial(self._in_time, began + PREPARATIONS, prepare_one)
        found: dict[int, NewJob | Outcome] = dict(enumerate(self._spread(prepare, entries)))
        new = {number: each for number, each in found.items() if isinstance(each, NewJob)}
        granted, beyond = grant(len(new))
        refused = {number: new.pop(number) for number in list(new)[granted:]}
        drop = partial(self._in_time, until, self._submission.drop_input)
        list(self._spread(drop, refused.values()))
        found |= dict.fromkeys(refused, beyond or Unavailable())

        def insert(number: int) -> Outcome:
            key = entries[number].key
            return self._in_time(until, self._submission.insert, new[number], key)

        def insert_together(chunk: Sequence[int]) -> Iterable[Outcome]:
            jobs = [new[number] for number in chunk]
            names = [name for each in jobs for name in each.job.unique_names]
            if len(names) > len(set(names)):
                # A transaction has each row once.
                return map(insert, chunk)
            refusal = self._in_time(until, self._submission.insert_many, jobs)
            if not isinstance(refusal, ClaimcheckError):
                return refusal
            if isinstance(refusal, Unavailable):
                # One transaction for each job would meet the same conflicts, many times. And jobs that may be
                # stored must keep their inputs.
                return [refusal] * len(chunk)
            return map(insert, chunk)

        # Charges meet at one row: they are made in order, and those in one transaction do not conflict.
        charged = [number for number, each in new.items() if each.job.charge]
        for chunk in chunks(charged, TOGETHER):
            found |= zip(chunk, insert_together(chunk), strict=True)
        plain = [number for number in new if number not in charged]
        found |= zip(plain, self._spread(insert, plain), strict=True)
        self._wake(until, [each for each in found.values() if isinstance(each, AcceptedJob)])
        return [each for each in found.values() if not isinstance(each, NewJob)]

    def _prepare(self, org: str, has_room: Callable[[FlowKey], bool], entry: Entry) -> NewJob | AcceptedJob:
        replayed = self._submission.replay(org, entry.key)
        return replayed or self._submission.prepare(entry.read(), entry.key, has_room)

    def _wake(self, until: Millis, accepted: Sequence[AcceptedJob]) -> None:
        """Send the wake-ups for which there is time. The sweeper sends the others."""

        def send(jobs: Sequence[Job]) -> None:
            for job in self._jobs.wake_many(jobs)[1]:
                self._jobs.make_due(job, self._jobs.clock.now())

        jobs = [each.job for each in accepted if each.is_new]
        tried = partial(self._in_time, until, send)
        list(self._spread(tried, chunks(jobs, MESSAGES)))

    def _in_time(self, until: Millis, act: Callable[..., T], *args: Any) -> T | ClaimcheckError:
        """Return what `act` returns, or the error that it raises. Without time left, it is Unavailable."""
        if self._jobs.clock.now() > until:
            return Unavailable()
        try:
            return act(*args)
        except ClaimcheckError as error:
            return error
        except Exception:  # noqa: BLE001 - the other entries are submitted
            failure("entry not submitted")
            return InternalError()
