"""deepidv's page, example by example and row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from apps.deepidv.tests.world import JOBS, SCREENED, DeepidvWorld
from claimcheck.domain.job import HOUR, SECOND, Job, Payload
from claimcheck.domain.outcome import Fail
from claimcheck.testing.clock import MIDSUMMER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.world import Answer

# The page's example. Its two times are years apart.
EXAMPLE = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
CREATED = 1717593600000
UPDATED = MIDSUMMER - 16 * 24 * HOUR + 2 * HOUR
PAGE = {
    "jobId": EXAMPLE,
    "status": "ready",
    "createdAt": 1717593600000,
    "updatedAt": "2026-06-05T12:00:00.000Z",
    "result": {
        "totalHits": 2,
        "riskLevel": "MEDIUM",
        "riskScore": 45,
        "summary": "Two adverse-media findings corroborated by court records.",
        "findings": [],
        "exposuresByCategory": {},
    },
}


def store_the_example(world: DeepidvWorld) -> None:
    job = Job(
        job_id=EXAMPLE,
        org="acme",
        dialect="deepidv",
        type="screening",
        type_version=1,
        created_at=CREATED,
        run_at=CREATED,
        deadline=UPDATED + HOUR,
        retention=30 * 24 * HOUR,
        typical=SECOND,
        written_by="a test",
    )
    text = SCREENED.model_dump_json()
    world.store.insert(job.ended(UPDATED, result=Payload(len(text), text=text)), None, None)


def of_same_types(one: Any, other: Any) -> bool:
    """Return whether two documents have the same fields in the same order, with values of the same types."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(of_same_types(one[name], other[name]) for name in one)
    return type(one) is type(other)


class TestExample:
    def test_the_answer_is_the_one_on_the_page(self) -> None:
        world = DeepidvWorld()
        store_the_example(world)

        answer = world.request("GET", "/v1/async-jobs/a1b2c3d4-e5f6-7890-abcd-ef1234567890")

        assert answer.status == 200
        assert answer.json == PAGE
        assert of_same_types(answer.json, PAGE)

    def test_a_job_that_was_worked_on_is_answered_alike(self) -> None:
        world = DeepidvWorld()
        job_id = world.started()
        world.clock.advance(250)
        world.work()

        answer = world.poll(job_id)

        reported = answer.json | {"jobId": EXAMPLE, "createdAt": CREATED, "updatedAt": PAGE["updatedAt"]}
        assert reported == PAGE
        assert of_same_types(answer.json, PAGE)
        assert answer.json["jobId"] == job_id
        assert answer.json["createdAt"] == MIDSUMMER
        assert answer.json["updatedAt"] == "2026-06-21T10:00:00.250Z"


# The page's table of states: whether each is terminal, and its payload.
STATES = [
    ("pending", False, None),
    ("processing", False, None),
    ("ready", True, "result"),
    ("failed", True, "error"),
]
PAYLOADS = {"result", "error"}


def in_state(status: str) -> tuple[DeepidvWorld, str, Answer]:
    """Return a world, and a job that a poll shows in this state."""
    seen: list[Answer] = []

    def handle(given: Any, job: Any) -> Any:
        if status == "processing":
            seen.append(world.poll(job.job_id))
        return Fail("no_source", "No source could be searched.") if status == "failed" else SCREENED

    world = DeepidvWorld(handle)
    job_id = world.started()
    if status == "pending":
        return world, job_id, world.poll(job_id)
    world.work()
    return world, job_id, seen[0] if seen else world.poll(job_id)


class TestStates:
    @pytest.mark.parametrize(("status", "terminal", "payload"), STATES)
    def test_the_row_holds(self, status: str, terminal: bool, payload: str | None) -> None:
        world, job_id, answer = in_state(status)
        world.advance(HOUR)
        later = world.poll(job_id)

        assert answer.json["status"] == status
        assert PAYLOADS & set(answer.json) == ({payload} if payload else set())
        assert (later.json == answer.json) is terminal
        assert ("Retry-After" in answer.headers) is not terminal

    @pytest.mark.parametrize("status", ["pending", "processing"])
    def test_polls_are_asked_for_every_2_to_5_seconds(self, status: str) -> None:
        _, _, answer = in_state(status)

        assert 2 <= int(answer.headers["Retry-After"]) <= 5

    def test_expired_is_not_found(self) -> None:
        world, job_id, _ = in_state("ready")
        world.advance(2 * HOUR)

        assert world.poll(job_id).status == 404
        assert world.store.read(job_id) is not None, "DynamoDB deletes it days later"


class TestRequest:
    def test_the_path_has_the_job_id(self) -> None:
        world = DeepidvWorld()

        assert world.request("GET", JOBS).status == 404
        assert world.request("GET", f"{JOBS}/").status == 404
        assert world.poll(world.started()).status == 200

    def test_the_header_has_the_key(self) -> None:
        world = DeepidvWorld()
        job_id = world.started()
        path = f"/v1/async-jobs/{job_id}"

        assert world.request("GET", path, key="", x_api_key=world.acme).status == 200
        assert world.request("GET", path, key="", authorization=f"Bearer {world.acme}").status == 403


FIELDS: list[tuple[str, type, set[str]]] = [
    ("jobId", str, {"pending", "processing", "ready", "failed"}),
    ("status", str, {"pending", "processing", "ready", "failed"}),
    ("createdAt", int, {"pending", "processing", "ready", "failed"}),
    ("updatedAt", str, {"pending", "processing", "ready", "failed"}),
    ("result", dict, {"ready"}),
    ("error", str, {"failed"}),
]


class TestFields:
    @pytest.mark.parametrize(("name", "kind", "present_when"), FIELDS)
    @pytest.mark.parametrize("status", [status for status, _, _ in STATES])
    def test_the_row_holds(self, name: str, kind: type, present_when: set[str], status: str) -> None:
        _, _, answer = in_state(status)

        assert (name in answer.json) is (status in present_when)
        if name in answer.json:
            assert type(answer.json[name]) is kind

    @pytest.mark.parametrize("status", [status for status, _, _ in STATES])
    def test_there_are_no_others(self, status: str) -> None:
        _, _, answer = in_state(status)

        assert set(answer.json) <= {name for name, _, _ in FIELDS}

    def test_the_error_describes_the_failure(self) -> None:
        _, _, answer = in_state("failed")

        assert answer.json["error"] == "No source could be searched."


def ask_for_a_malformed_id(world: DeepidvWorld) -> Answer:
    return world.poll("not-a-job-id")


def ask_with_a_wrong_key(world: DeepidvWorld) -> Answer:
    return world.poll(world.started(), key="didv_live_unknown")


def ask_without_a_key(world: DeepidvWorld) -> Answer:
    return world.poll(world.started(), key="")


def ask_for_another_orgs_job(world: DeepidvWorld) -> Answer:
    return world.poll(world.started(), key=world.key("umbrella", dialect="deepidv"))


def ask_for_an_unknown_job(world: DeepidvWorld) -> Answer:
    return world.poll(str(UUID(int=7)))


def ask_for_an_expired_job(world: DeepidvWorld) -> Answer:
    job_id = world.started()
    world.work()
    world.advance(2 * HOUR)
    return world.poll(job_id)


def ask_a_broken_server(world: DeepidvWorld) -> Answer:
    world.break_port("store", "read", RuntimeError("the secret text of a bug"))
    return world.poll(str(UUID(int=7)))


ERRORS: list[tuple[int, Callable[[DeepidvWorld], Answer]]] = [
    (400, ask_for_a_malformed_id),
    (401, ask_with_a_wrong_key),
    (403, ask_without_a_key),
    (403, ask_for_another_orgs_job),
    (404, ask_for_an_unknown_job),
    (404, ask_for_an_expired_job),
    (500, ask_a_broken_server),
]


class TestErrors:
    @pytest.mark.parametrize(("status", "ask"), ERRORS)
    def test_the_row_holds(self, status: int, ask: Callable[[DeepidvWorld], Answer]) -> None:
        answer = ask(DeepidvWorld())

        assert answer.status == status
        assert answer.headers["Content-Type"] == "application/json"
        assert type(answer.json["error"]) is str
        assert "secret" not in answer.text
