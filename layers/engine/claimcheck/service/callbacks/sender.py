"""Telling a job's end to its callback: claim the delivery, make the call, write what became of it.

As with a run, only a conditional write gives the right to call, and only its lease's token that to write
the outcome. A worker that is lost between the two leaves the job in the safety net, and the end is told
again: at least once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from claimcheck.domain.callbacks import TIMEOUT, begun, pause_after, undelivered
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import SECOND, Delivery
from claimcheck.domain.observability import warn, warn_given_up
from claimcheck.outbound import OutboundError, RequestRefused, retry_after
from claimcheck.service.callbacks.signing import secrets_of, signed
from claimcheck.service.transition import insist, transition, wake

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Job, Millis
    from claimcheck.domain.ports import Clock, DocumentStore, JobStore, Randomness, WakeUpQueue
    from claimcheck.outbound import Answer, Outbound

# Bytes of an answer that are recorded.
KEPT = 1024
GONE = 410


class Message(NamedTuple):
    body: str
    secrets: list[str]


class Outcome(NamedTuple):
    """One try: what is recorded of it, and whether and when there is a next one."""

    delivery: Delivery
    delivered: bool = False
    final: bool = False
    asked: float | None = None  # seconds


class CallbackSender:
    """`body_of` renders a job as its callback shows it; `outbound` is built when it is first needed."""

    def __init__(
        self,
        store: JobStore,
        queue: WakeUpQueue,
        documents: Callable[[], DocumentStore],
        outbound: Callable[[], Outbound],
        body_of: Callable[[Job], str],
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._store = store
        self._queue = queue
        self._documents = documents
        self._outbound = outbound
        self._body_of = body_of
        self._clock = clock
        self._randomness = randomness

    def deliver(self, job: Job) -> None:
        """Tell the job's end, if that is still owed and nobody else is about to.

        Raises: Unavailable, when nothing was sent and the sweeper will send another wake-up.
        """
        # Before the claim: what AWS refuses now costs no try.
        message = Message(self._body_of(job), secrets_of(self._documents(), job.org))
        token, now = self._randomness.token(), self._clock.now()

        def decide(job: Job) -> Job:
            if not job.owes_callback or job.leased(now) or job.not_before > now:
                return job
            return job.overdue(now) or begun(job, now, token)

        claimed = transition(self._store, self._randomness, job, decide, token)
        if claimed.written_by != token:
            return
        if claimed.owes_callback:
            self._settle(claimed, token, self._call(claimed, message))
        else:
            warn_given_up(claimed)

    def _call(self, job: Job, message: Message) -> Outcome:
        assert job.callback is not None
        # Recorded before, too: of a call that is cut off this is all that is known.
        begun = Delivery(job.callback.calls, self._clock.now())
        self._record(job, begun)
        outcome = self._post(job, message, begun)
        duration = self._clock.now() - begun.started_at
        outcome = outcome._replace(delivery=outcome.delivery._replace(duration=duration))
        self._record(job, outcome.delivery)
        return outcome

    def _post(self, job: Job, message: Message, begun: Delivery) -> Outcome:
        assert job.callback is not None
        if not message.secrets:
            said = "The organisation has no signing secret."
            return Outcome(begun._replace(error="no_signing_secret", message=said))
        headers = {
            "Content-Type": "application/json",
            # The same for every try, so that a receiver can tell repeats.
            **signed(message.secrets, job.job_id, begun.started_at, message.body),
        }
        body = message.body.encode()
        try:
            answer = self._outbound().request(
                "POST", job.callback.url, headers, body, timeout=TIMEOUT / SECOND
            )
        except OutboundError as error:
            unanswered = begun._replace(error=error.code, message=error.message)
            return Outcome(unanswered, final=isinstance(error, RequestRefused))
        return self._answered(begun, answer)

    def _answered(self, begun: Delivery, answer: Answer) -> Outcome:
        said = answer.body[:KEPT].decode("utf-8", "replace")
        return Outcome(
            begun._replace(status=answer.status, answer=said),
            delivered=200 <= answer.status < 300,
            final=answer.status == GONE,
            asked=retry_after(answer.headers, self._clock.now()),
        )

    def _settle(self, job: Job, token: str, outcome: Outcome) -> None:
        """Write what became of the try; a delivery that somebody else has leased or asked for is let go."""
        assert job.lease is not None
        mine, now = self._randomness.token(), self._clock.now()
        pause = self._pause(job, outcome)

        def decide(job: Job) -> Job:
            if not job.owes_callback or job.lease is None or job.lease.token != token:
                return job
            return job.called_back(now, "delivered") if outcome.delivered else undelivered(job, now, pause)

        def write() -> Job:
            return transition(self._store, self._randomness, job, decide, mine)

        settled = insist(write, self._clock, job.lease.until)
        if settled.written_by != mine:
            warn("lease lost, delivery not counted", job_id=job.job_id)
        elif settled.owes_callback:
            wake(self._queue, self._clock, settled)
        elif not outcome.delivered:
            warn_given_up(settled, status=outcome.delivery.status, error=outcome.delivery.error)

    def _pause(self, job: Job, outcome: Outcome) -> Millis | None:
        assert job.callback is not None
        if outcome.final:
            return None
        return pause_after(job.callback.tries, outcome.asked, self._randomness)

    def _record(self, job: Job, delivery: Delivery) -> None:
        """History is worth no undelivered callback."""
        try:
            self._store.record_delivery(job, delivery)
        except Unavailable:
            warn("delivery not recorded", job_id=job.job_id, number=delivery.number)
