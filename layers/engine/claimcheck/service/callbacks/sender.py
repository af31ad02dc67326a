"""Delivery of an ended job's callback: claim it, send the request, settle the try.

A callback is delivered at least once: if the worker is lost, the request is sent again.
"""

from collections.abc import Callable
from typing import NamedTuple

from claimcheck.domain.callbacks import CALL_TIMEOUT, pause_after, started, undelivered
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import SECOND, Delivery, Job, Millis
from claimcheck.domain.observability import named, warn, warn_given_up
from claimcheck.domain.ports import DocumentStore
from claimcheck.outbound import Outbound, OutboundError, RequestRefused, retry_after
from claimcheck.service.callbacks.settings import default_of
from claimcheck.service.callbacks.signing import secrets_of, signed
from claimcheck.service.claim import Claim, Claims
from claimcheck.service.transition import Jobs

# The bytes of an answer that are recorded.
KEPT = 1024
GONE = 410


class Try(NamedTuple):
    """One request. No try follows a `final` one. `asked` is the answer's `Retry-After`, in seconds."""

    delivery: Delivery
    delivered: bool = False
    final: bool = False
    asked: float | None = None


class CallbackSender:
    """`body_of` renders a job for its callback. `documents` and `outbound` are built on first use."""

    def __init__(
        self,
        jobs: Jobs,
        claims: Claims,
        documents: Callable[[], DocumentStore],
        outbound: Callable[[], Outbound],
        body_of: Callable[[Job], str],
    ) -> None:
        self._jobs = jobs
        self._claims = claims
        self._documents = documents
        self._outbound = outbound
        self._body_of = body_of

    def deliver(self, job: Job) -> None:
        """Send the callback, if it is pending and no other worker is sending it.

        Raises: Unavailable if nothing was sent; the sweeper will send another wake-up.
        """
        # Before the claim, so that an error of AWS costs no try.
        body, secrets, url = self._body_of(job), secrets_of(self._documents(), job.org), self._url_of(job)
        claim = self._claims.claim(job, Job.deliverable, started, _begun)
        if claim.held:
            self._settle(claim, self._call(claim, body, secrets, url))
        elif claim.written:
            warn_given_up(claim.job)

    def _url_of(self, job: Job) -> str | None:
        """Return the URL to call, or None if the org has deleted its default."""
        assert job.callback is not None
        if job.callback.url:
            return job.callback.url
        default = default_of(self._documents(), job.org)
        return default and default.url

    def _call(self, claim: Claim, body: str, secrets: list[str], url: str | None) -> Try:
        job = claim.job
        assert job.callback is not None
        tried = self._post(job, body, secrets, url, Delivery(job.callback.calls, claim.at))
        duration = self._jobs.clock.now() - claim.at
        tried = tried._replace(delivery=tried.delivery._replace(duration=duration))
        self._record(job, tried.delivery)
        return tried

    def _post(self, job: Job, body: str, secrets: list[str], url: str | None, started: Delivery) -> Try:
        if url is None:
            reason = "The organisation has deleted its default callback."
            return Try(started._replace(error="no_default_callback", message=reason), final=True)
        if not secrets:
            reason = "The organisation has no signing secret."
            return Try(started._replace(error="no_signing_secret", message=reason))
        headers = {
            "Content-Type": "application/json",
            **(job.trace.headers if job.trace else {}),
            # Every try has the same id, so that receivers recognise duplicates.
            **signed(secrets, job.job_id, self._jobs.clock.now(), body),
        }
        try:
            answer = self._outbound().request(
                "POST", url, headers, body.encode(), timeout=CALL_TIMEOUT / SECOND
            )
        except OutboundError as error:
            unanswered = started._replace(error=error.code, message=error.message)
            return Try(unanswered, final=isinstance(error, RequestRefused))
        shown = answer.body[:KEPT].decode("utf-8", "replace")
        return Try(
            started._replace(status=answer.status, answer=shown),
            delivered=200 <= answer.status < 300,
            final=answer.status == GONE,
            asked=retry_after(answer.headers, self._jobs.clock.now()),
        )

    def _settle(self, claim: Claim, tried: Try) -> None:
        assert claim.job.callback is not None
        tries = claim.job.callback.tries
        pause = None if tried.final else pause_after(tries, tried.asked, self._jobs.randomness)

        def moved(job: Job, now: Millis) -> Job:
            return job.called_back(now, "delivered") if tried.delivered else undelivered(job, now, pause)

        settled = self._claims.settle(claim, moved)
        if settled is None:
            return
        if settled.owes_callback:
            self._jobs.wake(settled)
        elif not tried.delivered:
            warn_given_up(settled, status=tried.delivery.status, error=tried.delivery.error)

    def _record(self, job: Job, delivery: Delivery) -> None:
        """Record a delivery's end, also if the lease is lost. A failure to record stops no callback."""
        try:
            self._jobs.store.record_delivery(job, delivery)
        except Unavailable:
            warn("delivery not recorded", **named(job), number=delivery.number)


def _begun(before: Job, after: Job, now: Millis) -> Delivery | None:
    """Return the delivery that `after` claims: the only trace of it if the worker is lost."""
    if before.callback is None or after.callback is None or after.callback.calls == before.callback.calls:
        return None
    return Delivery(after.callback.calls, now)
