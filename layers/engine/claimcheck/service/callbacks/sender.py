"""Sending the callback of a job that has ended: claim the delivery, make the call, settle the try.

A callback is delivered at least once: if the worker is lost, the call is made again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from claimcheck.domain.callbacks import CALL_TIMEOUT, begun, pause_after, undelivered
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import SECOND, Delivery, Job
from claimcheck.domain.observability import warn, warn_given_up
from claimcheck.outbound import OutboundError, RequestRefused, retry_after
from claimcheck.service.callbacks.signing import secrets_of, signed
from claimcheck.service.transition import wake

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Millis
    from claimcheck.domain.ports import Clock, DocumentStore, JobStore, Randomness, WakeUpQueue
    from claimcheck.outbound import Answer, Outbound
    from claimcheck.service.claim import Claim, Claims

# Bytes of an answer that are recorded.
KEPT = 1024
GONE = 410


class Message(NamedTuple):
    body: str
    secrets: list[str]


class Try(NamedTuple):
    """One call: what is recorded of it, and whether and when there is a next one."""

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
        claims: Claims,
        documents: Callable[[], DocumentStore],
        outbound: Callable[[], Outbound],
        body_of: Callable[[Job], str],
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._store = store
        self._queue = queue
        self._claims = claims
        self._documents = documents
        self._outbound = outbound
        self._body_of = body_of
        self._clock = clock
        self._randomness = randomness

    def deliver(self, job: Job) -> None:
        """Send the callback, if the job still owes it and nobody else is sending it.

        Raises: Unavailable, when nothing was sent and the sweeper will send another wake-up.
        """
        # Before the claim: what AWS refuses now costs no try.
        message = Message(self._body_of(job), secrets_of(self._documents(), job.org))
        claim = self._claims.claim(job, Job.deliverable, begun)
        if claim.held:
            self._settle(claim, self._call(claim.job, message))
        elif claim.written:
            warn_given_up(claim.job)

    def _call(self, job: Job, message: Message) -> Try:
        assert job.callback is not None
        # Recorded before, too: of a call that is cut off this is all that is known.
        begun = Delivery(job.callback.calls, self._clock.now())
        self._record(job, begun)
        tried = self._post(job, message, begun)
        duration = self._clock.now() - begun.started_at
        tried = tried._replace(delivery=tried.delivery._replace(duration=duration))
        self._record(job, tried.delivery)
        return tried

    def _post(self, job: Job, message: Message, begun: Delivery) -> Try:
        assert job.callback is not None
        if not message.secrets:
            said = "The organisation has no signing secret."
            return Try(begun._replace(error="no_signing_secret", message=said))
        headers = {
            "Content-Type": "application/json",
            # The same for every try, so that a receiver can tell repeats.
            **signed(message.secrets, job.job_id, begun.started_at, message.body),
        }
        body = message.body.encode()
        try:
            answer = self._outbound().request(
                "POST", job.callback.url, headers, body, timeout=CALL_TIMEOUT / SECOND
            )
        except OutboundError as error:
            unanswered = begun._replace(error=error.code, message=error.message)
            return Try(unanswered, final=isinstance(error, RequestRefused))
        return self._answered(begun, answer)

    def _answered(self, begun: Delivery, answer: Answer) -> Try:
        said = answer.body[:KEPT].decode("utf-8", "replace")
        return Try(
            begun._replace(status=answer.status, answer=said),
            delivered=200 <= answer.status < 300,
            final=answer.status == GONE,
            asked=retry_after(answer.headers, self._clock.now()),
        )

    def _settle(self, claim: Claim, tried: Try) -> None:
        assert claim.job.callback is not None
        tries = claim.job.callback.tries
        pause = None if tried.final else pause_after(tries, tried.asked, self._randomness)

        def moved(job: Job, now: Millis) -> Job:
            return job.called_back(now, "delivered") if tried.delivered else undelivered(job, now, pause)

        settled = self._claims.settle(claim, moved)
        if settled is None:
            return
        if settled.owes_callback:
            wake(self._queue, self._clock, settled)
        elif not tried.delivered:
            warn_given_up(settled, status=tried.delivery.status, error=tried.delivery.error)

    def _record(self, job: Job, delivery: Delivery) -> None:
        """History is worth no undelivered callback."""
        try:
            self._store.record_delivery(job, delivery)
        except Unavailable:
            warn("delivery not recorded", job_id=job.job_id, number=delivery.number)
