"""Forvibe's contract beyond its page: jobs, simulations, credits, refusals."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from apps.forvibe.tests.world import (
    JOBS,
    LISTINGS,
    LOCALIZE,
    PROJECT,
    REVIEW,
    SIMULATE,
    SIMULATIONS,
    ForvibeWorld,
    Review,
    rich,
)
from claimcheck.domain.job import DAY, MINUTE, SECOND
from claimcheck.domain.keys import READ
from claimcheck.domain.outcome import Fail, Retry
from tests.kit.described import Failing, error_of
from tests.kit.world import World

if TYPE_CHECKING:
    from tests.kit.world import Answer

UNKNOWN = "00000000-0000-7000-8000-000000000001"


def test_a_running_job_shows_its_progress_and_an_ended_one_none() -> None:
    def work(job: Any) -> None:
        job.progress(1, 2, "de-DE")
        seen.append(world.read(job.job_id).json)

    seen: list[Any] = []
    world = rich(work)
    job_id = world.accept(LOCALIZE, {"locales": ["de-DE", "ja"]})
    world.work()

    assert seen[0]["progress"] == {"done": 1, "total": 2, "message": "de-DE"}
    assert world.read(job_id).json["progress"] is None


def test_a_job_that_waits_for_its_next_attempt_is_in_progress() -> None:
    world = rich(lambda job: Retry(after=60))
    job_id = world.accept(SIMULATE, {})
    world.work()

    assert world.read(job_id).json["status"] == "in_progress"


def test_an_ended_job_has_no_retry_after() -> None:
    world = rich()
    job_id = world.accept(SIMULATE, {})
    world.work()

    assert "Retry-After" not in world.read(job_id).headers


def test_a_repeated_submission_gets_the_first_job_and_is_charged_once() -> None:
    world = rich()
    first = world.request("POST", SIMULATE, {}, idempotency_key="k")
    world.request("PUT", f"{LISTINGS}/en-US", {"name": "Renamed"})
    world.work()
    again = world.request("POST", SIMULATE, {}, idempotency_key="k")

    assert (again.status, again.text) == (202, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert world.request("GET", "/api/v1/credits").json["credits"] == 950


def test_the_same_key_for_another_project_is_refused() -> None:
    world = rich()
    world.accept(SIMULATE, {}, idempotency_key="k")

    answer = world.request("POST", "/api/v1/projects/p-2/simulations/metadata", {}, idempotency_key="k")

    assert error_of(answer) == (422, "idempotency_key_reused")


def test_a_simulation_that_has_not_ended_has_its_richer_fields_as_null() -> None:
    world = rich()
    row = world.read(world.accept(SIMULATE, {}), SIMULATIONS).json

    assert (row["status"], row["codebase_review"], row["combined_findings"]) == ("pending", None, None)


def test_only_simulations_are_read_as_simulations() -> None:
    world = rich()
    localization = world.accept(LOCALIZE, {"locales": ["ja"]})

    assert error_of(world.read(localization, SIMULATIONS)) == (404, "job_not_found")


@pytest.mark.parametrize("of", [JOBS, SIMULATIONS])
def test_another_orgs_and_an_expired_job_are_not_found(of: str) -> None:
    world = rich()
    job_id = world.accept(SIMULATE, {})
    globex = world.read(job_id, of, key=world.key("globex", dialect="forvibe"))
    world.work()
    world.advance(DAY)

    assert error_of(globex) == (404, "job_not_found")
    assert error_of(world.read(job_id, of)) == (404, "job_not_found")
    assert error_of(world.read("df41", of)) == (400, "malformed_job_id")


@pytest.mark.parametrize("of", [JOBS, SIMULATIONS])
def test_a_result_over_the_limit_is_read_where_the_row_says(of: str) -> None:
    findings = ["x" * 6 * 1024 * 1024]
    world = rich(lambda job: Review(**REVIEW | {"combined_findings": findings}))
    job_id = world.accept(SIMULATE, {})
    world.work()
    row = world.read(job_id, of).json

    assert row["result"] == {"result_url": f"/v1/jobs/{job_id}/result"}
    assert world.request("GET", row["result"]["result_url"]).status == 303


def test_a_result_that_the_canonical_contract_leaves_out_is_shown() -> None:
    world = rich(lambda job: Review(**REVIEW | {"combined_findings": ["x" * 300_000]}))
    job_id = world.accept(SIMULATE, {})
    world.work()

    assert len(world.read(job_id, SIMULATIONS).json["combined_findings"][0]) == 300_000
    assert "result_url" in world.request("GET", f"/v1/jobs/{job_id}").json


def test_the_same_job_is_in_the_canonical_contract_too() -> None:
    world = rich()
    job_id = world.accept(SIMULATE, {})

    assert world.request("GET", f"/v1/jobs/{job_id}").json["type_version"] == 1


def test_too_few_credits_are_reported_with_what_was_needed_and_what_is_left() -> None:
    world = rich()
    world.add(29, "globex")
    globex = world.key("globex", dialect="forvibe", plan="paid")
    answer = world.request(
        "POST", LOCALIZE, {"locales": ["de-DE", "ja"], "listing": {"name": "A"}}, key=globex
    )

    assert error_of(answer) == (402, "insufficient_credits")
    assert (answer.json["needed"], answer.json["left"]) == (30, 29)
    assert answer.json["error"]["message"] == "This needs 30 credits, and 29 are left."
    assert world.store.all_jobs() == []
    assert world.request("GET", "/api/v1/credits", key=globex).json == {"credits": 29, "plan": "paid"}


def test_a_simulation_without_a_paid_plan_is_refused_and_costs_nothing() -> None:
    world = rich()
    answer = world.request("POST", SIMULATE, {}, key=world.key("acme", dialect="forvibe"))

    assert error_of(answer) == (403, "plan_required")
    assert answer.json["error"]["code"] == "plan_required"
    assert world.request("GET", "/api/v1/credits").json["credits"] == 1000


def ledger(world: World, query: str = "", **more: Any) -> Answer:
    return world.request("GET", "/api/v1/credits/ledger", query=query, **more)


def test_a_failed_job_is_refunded_once_and_the_ledger_shows_both() -> None:
    world = rich(lambda job: Fail("unreadable", "No."))
    world.clock.advance(SECOND)
    job_id = world.accept(SIMULATE, {})
    world.clock.advance(SECOND)
    world.work()
    world.advance(5 * MINUTE)

    assert ledger(world).json == {
        "movements": [
            {"at": "2026-06-21T10:00:02Z", "amount": 50, "reason": "refunded", "job_id": job_id},
            {"at": "2026-06-21T10:00:01Z", "amount": -50, "reason": "charged", "job_id": job_id},
            {"at": "2026-06-21T10:00:00Z", "amount": 1000, "reason": "added", "job_id": None},
        ],
        "next_cursor": None,
    }


def movements(world: World, limit: int) -> list[Any]:
    page = ledger(world, f"limit={limit}").json
    found: list[Any] = page["movements"]
    while page["next_cursor"] is not None:
        page = ledger(world, f"limit={limit}&cursor={page['next_cursor']}").json
        found += page["movements"]
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_the_pages_of_the_ledger_have_every_movement_once_and_add_up(limit: int) -> None:
    world = rich()
    for _ in range(3):
        world.clock.advance(SECOND)
        world.accept(SIMULATE, {})

    found = movements(world, limit)

    assert [each["amount"] for each in found] == [-50, -50, -50, 1000]
    assert sum(each["amount"] for each in found) == world.request("GET", "/api/v1/credits").json["credits"]


def test_a_ledger_shows_only_its_orgs_lines_with_any_cursor() -> None:
    world = rich()
    world.accept(SIMULATE, {})
    cursor = ledger(world, "limit=1").json["next_cursor"]
    globex = world.key("globex", dialect="forvibe")

    assert ledger(world, key=globex).json == {"movements": [], "next_cursor": None}
    assert ledger(world, f"cursor={cursor}", key=globex).json["movements"] == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=", "cursor"),
        ("cursor=A", "cursor"),
        ("cursor=%F0%9F%98%80", "cursor"),
        ("cursor=!!!!", "cursor"),
        ("cursor=AA==", "cursor"),
        ("cursor=TVFO!", "cursor"),
        ("page=2", "page"),
    ],
)
def test_the_error_for_a_wrong_query_of_the_ledger_names_the_parameter(query: str, parameter: str) -> None:
    answer = ledger(ForvibeWorld(), query)

    assert error_of(answer) == (422, "invalid_fields")
    assert [each["parameter"] for each in answer.json["errors"]] == [parameter]


@pytest.mark.parametrize("authorization", ["", "Bearer fvk_live_unknown", "Basic fvk_live_unknown"])
@pytest.mark.parametrize("path", [f"{JOBS}/{UNKNOWN}", f"{SIMULATIONS}/{UNKNOWN}", "/api/v1/credits"])
def test_a_stranger_gets_a_problem_that_has_an_error_with_a_message(path: str, authorization: str) -> None:
    # All dialects, because some of them share these paths.
    answer = World().request("GET", path, authorization=authorization)

    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json["error"] == {"code": answer.json["code"], "message": answer.json["detail"]}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{JOBS}/{UNKNOWN}", 404),
        ("GET", f"{JOBS}/df41", 400),
        ("POST", SIMULATE, 422),
        ("PUT", f"{LISTINGS}/en-US", 403),
        ("DELETE", f"{JOBS}/{UNKNOWN}", 405),
    ],
)
def test_every_refusal_has_an_error_with_a_code_and_a_message(method: str, path: str, status: int) -> None:
    world = ForvibeWorld()
    reader = world.key("acme", dialect="forvibe", scopes=(READ,))
    answer = world.request(method, path, {}, key=reader if status == 403 else None)

    assert answer.status == status
    assert answer.json["error"] == {"code": answer.json["code"], "message": answer.json["detail"]}


def test_several_mistakes_are_named_at_once_where_the_body_has_them() -> None:
    body = {"listing": {"name": 1}, "locales": [], "colour": "red"}
    answer = rich().request("POST", LOCALIZE, body)

    assert error_of(answer) == (422, "invalid_fields")
    assert {each["pointer"] for each in answer.json["errors"]} == {"/listing/name", "/locales", "/colour"}


def test_a_project_given_twice_is_refused() -> None:
    answer = rich().request("POST", SIMULATE, {"project_id": "p-1"})

    assert answer.json["errors"] == [{"pointer": "/project_id", "message": "is already in the path"}]


@pytest.mark.parametrize("body", [[], None, "x", 1])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    answer = rich().request("POST", SIMULATE, b"null" if body is None else body)

    assert answer.json["errors"] == [{"pointer": "", "message": "must be an object"}]


def test_a_fault_has_the_same_form() -> None:
    world = ForvibeWorld()
    world.rebuild(credits=Failing(world.engine.credits, "credits", RuntimeError("secret")))
    answer = world.request("GET", "/api/v1/credits")

    assert answer.status == 500
    assert answer.json["error"]["code"] == "internal_error"


READS = f"""
import sys
from claimcheck.bootstrap import bootstrap
from claimcheck.installed import dialects
from claimcheck.http.server import Api
from claimcheck.settings import Settings
from claimcheck.domain.keys import ApiKey
from claimcheck.http.admission import issue_key
from claimcheck.testing import (
    FrozenClock, MemoryDocumentStore, MemoryJobStore, MemoryKeyStore, SeededRandomness
)

keys, store = MemoryKeyStore(), MemoryJobStore()
engine = bootstrap(
    Settings(), FrozenClock(), SeededRandomness(),
    store=store, keys=keys, credits=store.credits, documents=MemoryDocumentStore(),
)
headers = {{"authorization": "Bearer " + issue_key(keys, ApiKey(org="acme", dialect="forvibe"))}}
paths = (
    "{JOBS}/{UNKNOWN}", "{SIMULATIONS}/{UNKNOWN}", "{PROJECT}/listings", "{LISTINGS}/ja",
    "/api/v1/credits", "/api/v1/credits/ledger",
)
statuses = [
    Api(engine, dialects()).handle(
        {{"rawPath": path, "headers": headers, "requestContext": {{"http": {{"method": "GET"}}}}}}
    )["statusCode"]
    for path in paths
]
heavy = {{"pydantic", "boto3", "apps.forvibe.job_types", "claimcheck.authoring.catalog"}} & set(sys.modules)
sys.exit(f"{{statuses}} {{sorted(heavy)}}")
"""


def test_no_read_imports_pydantic_or_the_catalogue() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READS],
        env={"PYTHONPATH": "layers/engine:."},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr.strip() == "[404, 404, 200, 404, 200, 200] []"
