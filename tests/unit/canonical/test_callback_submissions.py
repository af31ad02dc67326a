"""Requesting a callback, in the body of `/v1/jobs` or by a header anywhere, and resending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from claimcheck.domain.job import MINUTE, SECOND
from claimcheck.installed import ENDPOINTS
from claimcheck.outbound import Outbound
from claimcheck.service.callbacks.signing import secrets_of
from tests.kit.installed import CATALOG
from tests.kit.made_up import made_up
from tests.kit.neighbours import gifts
from tests.kit.receiver import CallingWorld, sent, verified
from tests.kit.upstream import Upstream, reply
from tests.kit.world import World

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext

HELLO = {"type": "echo", "input": {"text": "hello"}}
HOOK = "https://app.example.com/hooks"


@pytest.fixture
def world() -> CallingWorld:
    return CallingWorld()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://app.example.com/", "the URL must be https"),
        ("ftp://app.example.com/", "the URL must be https"),
        ("https://me:s3cret@app.example.com/", "credentials"),
        ("https://169.254.169.254/latest/meta-data/", "public address"),
        ("https://[fd00:ec2::254]/", "public address"),
        ("https://localhost/", "public address"),
        ("not a url", "percent-encoded"),
        (f"{HOOK}?{'a' * 2048}", "2048"),
        (7, "string"),
    ],
)
def test_a_url_that_can_never_be_called_is_refused_at_once(url: Any, shown: str) -> None:
    answer = World().request("POST", "/v1/jobs", HELLO | {"callback_url": url})

    [error] = answer.json["errors"]
    assert answer.status == 422
    assert error["pointer"] == "/callback_url"
    assert shown in error["message"]
    assert "s3cret" not in answer.text


def test_the_error_without_a_signing_secret_says_how_to_get_one() -> None:
    answer = World().request("POST", "/v1/jobs", HELLO | {"callback_url": HOOK})

    [error] = answer.json["errors"]
    assert answer.status == 422
    assert "make secret ORG=acme" in error["message"]


def test_a_wrong_url_is_reported_with_all_other_errors(world: CallingWorld) -> None:
    wrong = {"type": "echo", "input": {}, "callback_url": "http://example.com", "deadline": "soon"}
    answer = world.request("POST", "/v1/jobs", wrong)

    pointers = {error["pointer"] for error in answer.json["errors"]}
    assert pointers == {"/input/text", "/callback_url", "/deadline"}


def test_secrets_in_a_callback_url_are_not_shown(world: CallingWorld) -> None:
    answer = world.request("POST", "/v1/jobs", HELLO | {"callback_url": f"{HOOK}?token=s3cret&order=7"})

    assert answer.json["callback"]["url"] == f"{HOOK}?token=[redacted]&order=7"
    assert "s3cret" not in answer.text


def test_a_header_asks_as_well_as_a_field(world: CallingWorld, receiver: Upstream) -> None:
    hook = receiver.at("/hook", reply(200))
    accepted = world.request("POST", "/v1/jobs", HELLO, claimcheck_callback_url=hook)
    world.work()

    assert accepted.json["callback"]["url"] == hook
    assert [sent(each)["job_id"] for each in receiver.requests] == [accepted.json["job_id"]]


def test_a_wrong_header_is_named(world: CallingWorld) -> None:
    answer = world.request("POST", "/v1/jobs", HELLO, claimcheck_callback_url="http://example.com/")

    assert answer.status == 422
    assert answer.json["errors"] == [
        {"pointer": "", "message": "the header Claimcheck-Callback-Url: the URL must be https"}
    ]


def test_header_and_field_together_are_refused(world: CallingWorld) -> None:
    answer = world.request(
        "POST", "/v1/jobs", HELLO | {"callback_url": HOOK}, claimcheck_callback_url=f"{HOOK}/other"
    )

    assert answer.status == 422
    assert "Claimcheck-Callback-Url" in answer.json["errors"][0]["message"]


def test_a_repetition_with_another_callback_is_another_request(world: CallingWorld) -> None:
    def ask(**headers: str) -> Any:
        return world.request("POST", "/v1/jobs", HELLO, idempotency_key="k", **headers)

    first = ask(claimcheck_callback_url=HOOK)
    again = ask(claimcheck_callback_url=HOOK)
    other, without = ask(claimcheck_callback_url=f"{HOOK}/2"), ask()

    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    assert [other.json["code"], without.json["code"]] == ["idempotency_key_reused"] * 2


def test_a_replay_shows_the_callback_as_it_was_accepted(world: CallingWorld, receiver: Upstream) -> None:
    body = HELLO | {"callback_url": receiver.at("/hook", reply(200))}
    first = world.request("POST", "/v1/jobs", body, idempotency_key="k")
    world.work()

    assert world.request("POST", "/v1/jobs", body, idempotency_key="k").json == first.json


def test_jobs_of_every_type_and_contract_can_have_one(receiver: Upstream) -> None:
    def do(given: Any, job: JobContext) -> Any:
        job_type = catalog.newest(world.job(job.job_id).type)
        assert job_type is not None
        return made_up(job_type.result, "made", job)

    catalog = CATALOG
    world = CallingWorld(handlers=dict.fromkeys(catalog.names, do), job_types=list(catalog.versions))
    world.engine.credits.add_credits("acme", 10_000, world.clock.now(), "funds")
    key = world.key("acme", plan="paid", limit=10_000)
    hook = receiver.at("/hook", reply(200))
    accepted = []
    for place, body in gifts():
        [path] = place.everywhere([])
        answer = world.request(place.method, path, body, key=key, x_api_key=key, claimcheck_callback_url=hook)
        assert answer.status < 300, answer.text
        jobs = answer.json["jobs"] if place.path.endswith("/batch") else [answer.json]
        accepted += [place.path] * len(jobs) if place.method == "POST" else []
    world.work()

    reported = [verified(each, world.secret) for each in receiver.requests]
    assert len(reported) == len(accepted)
    assert {each["type"] for each in reported} == set(catalog.names)
    assert {path for paths in ENDPOINTS.values() for path in paths} <= set(accepted)


def test_an_end_can_be_resent(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200), reply(500), reply(200)))
    world.work()

    answer = world.request("POST", f"/v1/jobs/{job_id}/redeliver")
    world.advance(MINUTE)

    assert answer.status == 202
    assert answer.json["callback"]["status"] == "pending"
    assert answer.json["callback"]["tries"] == 0
    assert [each["number"] for each in world.deliveries(job_id)] == [3, 2, 1]
    assert {each.headers["webhook-id"] for each in receiver.requests} == {job_id}
    assert world.callback(job_id).state == "delivered"
    assert world.callback(job_id).tries == 2


def test_a_failed_delivery_can_be_resent(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(410), reply(200)))
    world.work()
    failed = world.callback(job_id).state

    world.request("POST", f"/v1/jobs/{job_id}/redeliver")
    world.work()

    assert (failed, world.callback(job_id).state) == ("failed", "delivered")


def test_asking_during_a_delivery_makes_another_one_after_it(world: CallingWorld, receiver: Upstream) -> None:
    hook = receiver.at("/hook", reply(200))

    class Impatient(Outbound):
        def request(self, *args: Any, **options: Any) -> Any:
            if not receiver.requests:
                world.request("POST", f"/v1/jobs/{job_id}/redeliver")
            return super().request(*args, **options)

    world.rebuild(outbound=Impatient(allow_loopback=True))
    job_id = world.submit(callback_url=hook)
    world.work()

    assert len(receiver.requests) == 2
    assert world.callback(job_id).state == "delivered"
    assert world.callback(job_id).calls == 2


@pytest.mark.parametrize(
    ("state", "code"), [("waiting", "job_not_ended"), ("without", "job_has_no_callback")]
)
def test_a_resend_needs_an_ended_job(world: CallingWorld, state: str, code: str) -> None:
    job_id = world.submit(**({"callback_url": HOOK} if state == "waiting" else {}))
    if state == "without":
        world.work()

    answer = world.request("POST", f"/v1/jobs/{job_id}/redeliver")

    assert (answer.status, answer.json["code"]) == (409, code)


def test_an_expired_jobs_end_cannot_be_resent(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)), retention_seconds=60)
    world.work()
    world.clock.advance(MINUTE)

    assert world.request("POST", f"/v1/jobs/{job_id}/redeliver").status == 404
    assert world.request("GET", f"/v1/jobs/{UUID(int=7)}/deliveries").status == 404


def test_two_secrets_are_valid_and_those_before_them_are_gone(world: CallingWorld) -> None:
    made = [world.secret]
    for _ in range(3):
        world.clock.advance(SECOND)
        made.append(world.new_secret())

    stored = world.documents.find("acme", "secret").values()

    assert secrets_of(world.documents, "acme") == [made[3], made[2]]
    assert sorted(text for text in stored if text) == sorted(made[2:])
    assert secrets_of(world.documents, "umbrella") == []


def test_a_rotation_that_broke_off_leaves_no_third(world: CallingWorld) -> None:
    for number in range(3):
        world.documents.put("umbrella", "secret", f"{number:015}#0", f"whsec_{number}")

    assert secrets_of(world.documents, "umbrella") == ["whsec_2", "whsec_1"]
