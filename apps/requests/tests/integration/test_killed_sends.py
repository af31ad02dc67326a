"""Workers are killed again and again while they send requests and callbacks: no more is sent than promised.

A killed send may or may not have reached its receiver. So at-least-once allows at most one request per
attempt, and never more attempts than requested. A completed job has one request that was answered.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import pytest

from claimcheck.domain.job import MINUTE, SECOND, Job, Status
from tests.kit import events
from tests.kit.killing import Death, kills
from tests.kit.receiver import verified
from tests.kit.upstream import Act, Upstream, reply

if TYPE_CHECKING:
    from tests.kit.killing import Kills
    from tests.kit.upstream import Received

# About three jobs' exchanges: the jobs of a batch before the killed one complete.
EXCHANGES = 24
OK, BROKEN, GONE = reply(200, b"done"), reply(500), reply(410)
# The answers that jobs get in turn, from their upstream and for their callback.
ANSWERS = [[OK], [BROKEN, OK], [OK], [BROKEN, BROKEN, OK], [BROKEN]]
CALLBACKS = [[OK], [OK], [BROKEN, OK], [GONE]]
RETRIES = [3, 0, 1]
# The ends of a job whose upstream answers with 500 or whose worker is killed.
ENDS = {None, "upstream_error", "attempts_exhausted"}


class Story(NamedTuple):
    """A job that has ended, and what its receivers saw."""

    job: Job
    number: int
    executions: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]
    sends: list[Received]
    reported: list[Received]

    @property
    def max_retries(self) -> int:
        return RETRIES[self.number % len(RETRIES)]

    @property
    def answers(self) -> list[Act]:
        return ANSWERS[self.number % len(ANSWERS)]

    @property
    def callbacks(self) -> list[Act]:
        return CALLBACKS[self.number % len(CALLBACKS)]

    @property
    def sent_attempts(self) -> list[int]:
        return [int(each.headers["claimcheck-attempt"]) for each in self.sends]


class Run(NamedTuple):
    stories: list[Story]
    cut: Counter[str]
    secret: str


@pytest.fixture(scope="module", params=[20, pytest.param(50, marks=pytest.mark.soak)])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    luck, job_ids = random.Random(11), list[str]()
    cut: Counter[str] = Counter()
    with Upstream() as upstream, kills(tmp_path_factory.mktemp("killed")) as deployed:
        while cut.total() < request.param or not at_many_points(cut):
            job_ids.append(submit(deployed, upstream, len(job_ids)))
            if hit := deployed.work(2 * MINUTE, Death.somewhere(luck, EXCHANGES)):
                cut[hit] += 1
            assert len(job_ids) < 3 * request.param, cut
        deployed.finish()
        return Run(seen(deployed, upstream, job_ids), cut, deployed.secret)


def submit(deployed: Kills, upstream: Upstream, number: int) -> str:
    def at(kind: str, acts: list[list[Act]]) -> str:
        mine = [deployed.workers.watched(kind, act) for act in acts[number % len(acts)]]
        return upstream.at(f"/{kind}/{number}", *mine)

    request = {"url": at("send", ANSWERS), "max_retries": RETRIES[number % len(RETRIES)]}
    return deployed.submit(type="http_request", input=request, callback_url=at("callback", CALLBACKS))


def seen(deployed: Kills, upstream: Upstream, job_ids: list[str]) -> list[Story]:
    received = defaultdict[tuple[str, str], list["Received"]](list)
    for each in upstream.requests:
        kind = each.path.split("/")[1]
        name = "claimcheck-job-id" if kind == "send" else "webhook-id"
        received[kind, each.headers[name]].append(each)
    jobs = deployed.jobs()
    assert set(jobs) == set(job_ids)
    assert {job_id for _, job_id in received} <= set(jobs)
    return [
        Story(
            jobs[job_id],
            number,
            listed(deployed, job_id, "executions"),
            listed(deployed, job_id, "deliveries"),
            received["send", job_id],
            received["callback", job_id],
        )
        for number, job_id in enumerate(job_ids)
    ]


def listed(deployed: Kills, job_id: str, what: str) -> list[dict[str, Any]]:
    event = events.load("get_job", deployed.key, job_id)
    answer = deployed.request(events.with_path(event, f"/v1/jobs/{job_id}/{what}"))
    assert answer.status == 200, answer.text
    return list(answer.json[what])


def at_many_points(cut: Counter[str]) -> bool:
    """Luck decides when the last kind of point is hit."""
    hits = [cut[kind] + cut[f"after {kind}"] for kind in ("send", "callback")]
    return min(hits) > 0 and len(cut) >= 8


def test_the_kills_hit_sends_and_callbacks_at_many_points(run: Run) -> None:
    assert at_many_points(run.cut), run.cut
    # The killed exchanges were repeated, of requests and of callbacks.
    assert any(each["outcome"] == "worker_lost" for story in run.stories for each in story.executions)
    assert any(cut_off(each) for story in run.stories for each in story.deliveries)


def test_every_job_ends_as_its_upstream_and_the_kills_allow(run: Run) -> None:
    ends = Counter(story.job.error and story.job.error.code for story in run.stories)

    assert all(story.job.ended_at is not None and story.job.due_at is None for story in run.stories)
    assert set(ends) == ENDS, ends
    for job in (story.job for story in run.stories):
        assert job.status == (Status.COMPLETED if job.error is None else Status.FAILED)


def test_an_attempt_is_sent_at_most_once_and_never_more_often_than_requested(run: Run) -> None:
    for story in run.stories:
        assert len(story.sends) <= min(story.job.executions, story.max_retries + 1)
        # Each number at most once, and in order.
        assert story.sent_attempts == sorted(set(story.sent_attempts))
        assert set(story.sent_attempts) <= set(range(1, story.job.attempt + 1))
        if story.job.status is Status.COMPLETED:
            assert story.sent_attempts[-1] == story.job.attempt
            assert len(story.sends) >= len(story.answers)
            assert story.answers != [BROKEN]


def test_the_upstreams_requests_match_the_executions(run: Run) -> None:
    for story in run.stories:
        known = {each["attempt"] for each in story.executions}
        noted = {each["attempt"] for each in story.executions if each["details"]}
        lost = {each["attempt"] for each in story.executions if each["outcome"] == "worker_lost"}

        assert not noted & lost
        assert noted <= set(story.sent_attempts)
        assert set(story.sent_attempts) & known <= noted | lost
    # History is written after the event, so a kill in between may cost an entry.
    unknown = [number for story in run.stories for number in unlisted(story.executions, story.job.executions)]
    assert len(unknown) <= after_writes(run.cut), unknown


def test_every_end_is_delivered_or_its_failure_is_recorded(run: Run) -> None:
    for story in run.stories:
        job, callback = story.job, story.job.callback
        assert callback is not None
        assert job.ended_at is not None
        gone = story.callbacks == [GONE]
        assert callback.state == ("failed" if gone else "delivered")
        # Deliveries before the last answer did not end it.
        assert len(story.callbacks) <= len(story.reported) <= callback.calls
        for each in story.reported:
            body = verified_then(each, run.secret)
            assert (body["job_id"], body["status"]) == (job.job_id, job.status)
            assert int(each.headers["webhook-timestamp"]) >= job.ended_at // SECOND
        statuses = {each["status"] for each in story.deliveries}
        assert (410 if gone else 200) in statuses
    # As with executions, the record of a call starts after the claim.
    unknown = [number for story in run.stories for number in unlisted(story.deliveries, calls(story.job))]
    assert len(unknown) <= after_writes(run.cut), unknown


def calls(job: Job) -> int:
    return job.callback.calls if job.callback else 0


def unlisted(entries: list[dict[str, Any]], last: int) -> set[int]:
    """Return the numbers, up to the last, that a listing does not have."""
    numbers = [each["number"] for each in entries]
    assert numbers == sorted(set(numbers), reverse=True)
    assert set(numbers) <= set(range(1, last + 1))
    return set(range(1, last + 1)) - set(numbers)


def after_writes(cut: Counter[str]) -> int:
    """Return the kills with a completed write: in it, after it, or in the next wake-up."""
    return sum(count for name, count in cut.items() if "PutItem" in name or "SendMessage" in name)


def cut_off(delivery: dict[str, Any]) -> bool:
    return delivery["status"] is None and delivery["error"] is None


def verified_then(received: Received, secret: str) -> Any:
    """Verify with the library at the time of sending, which is not the real time."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(int(received.headers["webhook-timestamp"]), tz)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standardwebhooks.webhooks.datetime", Then)
        return verified(received, secret)
