"""The parts of the contract that FlowRelay's page does not define. `test_flowrelay_page` tests the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from apps.flowrelay import dialect
from apps.flowrelay.tests.world import BILLING, ask, flowrelay, generate, kind, make, poll
from claimcheck.authoring.catalog import JobModel
from claimcheck.domain.keys import READ, WRITE

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext

UNKNOWN = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"


# Submitting.


def test_a_repeated_request_gets_the_same_job() -> None:
    world = flowrelay()

    first = ask(world, idempotency_key="k")
    world.work()
    again = ask(world, idempotency_key="k")
    other = ask(world, body=BILLING | {"project": "Shipping"}, idempotency_key="k")

    assert (again.status, again.json) == (202, first.json)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status, other.json["error_code"]) == (422, "idempotency_key_reused")


def test_every_wrong_field_is_named() -> None:
    answer = ask(flowrelay(), body={"wanted": 1, "colour": "red"})

    assert answer.status == 422
    assert answer.json == {
        "error": "Some fields are wrong. Each one is listed.",
        "error_code": "invalid_fields",
        "errors": [
            {"pointer": "/project", "message": "is required"},
            {"pointer": "/wanted", "message": "must be a string"},
            {"pointer": "/colour", "message": "is not a known field"},
        ],
    }


@pytest.mark.parametrize(
    ("project", "listed"), [("Billing", "Billing"), ("x" * 500, "x" * 500), ("x" * 501, None), ("", None)]
)
def test_a_project_is_listed_by_a_name_of_some_length(project: str, listed: str | None) -> None:
    world = flowrelay()
    generate(world, project=project)
    world.work()

    [row] = world.request("GET", "/api/v1/handoffs").json["handoffs"]

    assert row["project"] == listed


def test_a_project_field_of_another_type_breaks_nothing() -> None:
    class Numbered(JobModel):
        project: int

    world = flowrelay(
        job_types=[kind("handoff", input=Numbered)], handlers={"handoff": lambda given, job: {"title": "t"}}
    )
    assert ask(world, body={"project": 7}).status == 202
    world.work()

    assert world.request("GET", "/api/v1/handoffs").json["handoffs"][0]["project"] is None


@pytest.mark.parametrize("authorization", ["Basic {key}", "{key}", "Bearer", "Bearer {key}x"])
def test_a_key_is_a_bearer_token(authorization: str) -> None:
    world = flowrelay()

    assert ask(world, authorization=authorization.format(key=world.acme)).status == 401
    assert ask(world, authorization=f"bearer  {world.acme} ").status == 202


def test_a_body_is_an_object() -> None:
    answer = ask(flowrelay(), body=["Billing"])

    assert (answer.status, answer.json["errors"]) == (422, [{"pointer": "", "message": "must be an object"}])


def test_its_keys_are_recognised_by_their_prefix() -> None:
    assert dialect.DIALECT.key_prefix == "flr_live_"


@pytest.mark.parametrize(("scope", "status"), [(READ, 403), (WRITE, 202)])
def test_a_key_needs_the_scope(scope: str, status: int) -> None:
    world = flowrelay()
    key = world.key("acme", dialect="flowrelay", scopes=(scope,))

    assert ask(world, key=key).status == status


# Polling.


def test_a_poll_shows_the_progress_of_the_generation() -> None:
    seen = []

    def work(given: object, job: JobContext) -> dict[str, str]:
        job.progress(1, 2, "context read")
        seen.append(poll(world, job.job_id))
        return {"title": "t"}

    world = flowrelay(handlers={"handoff": work})
    job_id = generate(world)
    world.work()

    assert seen[0].json["job"]["progress"] == {"done": 1, "total": 2, "message": "context read"}
    assert seen[0].headers["Retry-After"] == "2"
    assert poll(world, job_id).json["job"]["progress"] == {"done": 1, "total": 2, "message": "context read"}


def test_a_job_that_waits_for_another_attempt_is_still_processing() -> None:
    world = flowrelay()
    job_id = generate(world, wanted="unreachable")

    world.work()
    answer = poll(world, job_id)

    assert (answer.json["job"]["status"], answer.json["job"]["error"]) == ("processing", None)
    assert answer.headers["Retry-After"] == "2"


def test_a_result_that_no_answer_can_hold_has_a_url() -> None:
    world = flowrelay()
    [job_id] = make(world, "handoff")
    huge = generate(world, wanted="huge")
    world.work()

    small, large = poll(world, job_id), poll(world, huge)
    row = world.request("GET", f"/api/v1/handoffs/{huge}")

    assert small.json["result"] == {"title": "title"}
    assert large.json["result"] == row.json["result"] == {"result_url": f"/v1/jobs/{huge}/result"}
    assert world.request("GET", large.json["result"]["result_url"]).status == 303


def test_another_orgs_job_is_as_unknown_as_none() -> None:
    world = flowrelay()
    [job_id] = make(world, "handoff")
    other = world.key("umbrella", dialect="flowrelay")

    for path in (f"/api/v1/jobs/{job_id}", f"/api/v1/handoffs/{job_id}"):
        unknown = world.request("GET", path.replace(job_id, UNKNOWN), key=other)
        answer = world.request("GET", path, key=other)

        assert (answer.status, answer.text) == (404, unknown.text)
    assert world.request("GET", "/api/v1/handoffs", key=other).json["handoffs"] == []


def test_an_expired_job_is_gone_though_its_row_is_there() -> None:
    world = flowrelay()
    [job_id] = make(world, "handoff")

    world.clock.advance_to(world.job(job_id).expires_at or 0)
    answer = poll(world, job_id, key=world.key("acme", dialect="flowrelay"))

    assert answer.status == 404
    assert answer.json == {
        "error": "There is no job with this id: it is unknown, or expired.",
        "error_code": "job_not_found",
    }
    assert world.request("GET", f"/api/v1/handoffs/{job_id}").status == 404
    assert world.request("GET", "/api/v1/handoffs").json["handoffs"] == []


def test_a_job_of_another_contract_is_shown_as_that_one_does() -> None:
    world = flowrelay()
    job_id = world.submit()

    answer = poll(world, job_id, key=world.key("acme", dialect="flowrelay"))

    assert answer.json["job_id"] == job_id


def test_nothing_shows_the_input() -> None:
    world = flowrelay()
    job_id = generate(world, wanted="a secret title")
    texts = [poll(world, job_id).text, ask(world, body=BILLING | {"wanted": "a secret title"}).text]

    assert [text for text in texts if "secret" in text] == []
