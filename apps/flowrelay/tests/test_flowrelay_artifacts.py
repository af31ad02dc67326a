"""FlowRelay's lists and single reads of artifacts, which its page only mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from apps.flowrelay.tests.world import BILLING, flowrelay, generate, kind, make, poll
from claimcheck.domain.job import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.world import World

UNKNOWN = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"


def rows(world: World, kind: str = "handoff", query: str = "", **more: Any) -> tuple[list[str], str | None]:
    """Return the ids of a page of a list, and where the next one starts."""
    answer = world.request("GET", f"/api/v1/{kind}s", query=query, **more)
    assert answer.status == 200, answer.text
    return [row["id"] for row in answer.json[f"{kind}s"]], answer.json["next_cursor"]


def pages(world: World, query: str) -> Iterator[list[str]]:
    found, cursor = rows(world, query=query)
    yield found
    while cursor is not None:
        found, cursor = rows(world, query=f"{query}&cursor={cursor}")
        yield found


def test_an_artifact_is_read_by_its_result_id() -> None:
    world = flowrelay()
    [job_id] = make(world, "handoff")
    job = poll(world, job_id).json["job"]

    answer = world.request("GET", f"/api/v1/handoffs/{job['result_id']}")

    assert answer.status == 200
    assert answer.json == {
        "id": job_id,
        "kind": "handoff",
        "project": "Billing",
        "created_at": "2026-06-21T10:00:00.000Z",
        "completed_at": "2026-06-21T10:00:00.001Z",
        "expires_at": "2026-06-21T12:00:00.001Z",
        "result": {"title": "title"},
    }


def test_a_list_shows_each_artifact_without_its_content() -> None:
    world = flowrelay()
    [job_id] = make(world, "handoff")
    [row] = world.request("GET", "/api/v1/handoffs").json["handoffs"]

    whole = world.request("GET", f"/api/v1/handoffs/{job_id}").json

    assert whole == row | {"result": {"title": "title"}}


def test_a_list_reads_no_results() -> None:
    class Closed:
        def get(self, key: str) -> str:
            raise AssertionError(key)

    world = flowrelay()
    generate(world, wanted="x" * 10_000)
    world.work()
    closed = flowrelay(store=world.store, keys=world.keys, objects=Closed())

    assert len(rows(closed)[0]) == 1


def test_a_list_has_one_kind_and_only_what_is_completed() -> None:
    world = flowrelay()
    insight, _, handoff = make(world, "handoff", "echo", "insight")
    generate(world, wanted="refused")
    world.work()
    generate(world)

    assert rows(world, "handoff") == ([handoff], None)
    assert rows(world, "insight") == ([insight], None)


def test_an_artifact_is_listed_for_every_submitter() -> None:
    world = flowrelay()
    job_id = world.submit(type="handoff", input=BILLING)
    world.work()

    [row] = world.request("GET", "/api/v1/handoffs").json["handoffs"]

    assert (row["id"], row["project"]) == (job_id, None)


def test_only_finished_artifacts_of_the_kind_are_found() -> None:
    world = flowrelay()
    insight, echoed = make(world, "echo", "insight")
    failed = generate(world, wanted="refused")
    world.work()
    pending = generate(world)

    for job_id in (insight, echoed, failed, pending, UNKNOWN):
        answer = world.request("GET", f"/api/v1/handoffs/{job_id}")

        assert (answer.status, answer.json) == (
            404,
            {
                "error": "There is no handoff with this id: it is unknown, not finished, or expired.",
                "error_code": "document_not_found",
            },
        )


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_have_every_artifact_once_and_newest_first(limit: int) -> None:
    world = flowrelay()
    made = make(world, *["handoff", "echo", "insight", "handoff", "echo"] * 3)
    handoffs = [job_id for job_id in made if world.job(job_id).type == "handoff"]

    found = list(pages(world, f"limit={limit}"))

    assert [job_id for page in found for job_id in page] == handoffs
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)


def test_a_page_reads_on_past_other_jobs() -> None:
    world = flowrelay()
    *_, oldest = make(world, "handoff", *["echo"] * 300)

    assert rows(world, query="limit=1") == ([oldest], None)


def test_a_page_reads_on_only_so_far() -> None:
    world = flowrelay()
    *_, oldest = make(world, "handoff", *["echo"] * 450)

    found, cursor = rows(world, query="limit=1")

    assert found == []
    assert rows(world, query=f"limit=1&cursor={cursor}") == ([oldest], None)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0", ["limit"]),
        ("limit=101", ["limit"]),
        ("limit=ten", ["limit"]),
        ("limit=%C2%B2", ["limit"]),
        ("limit=", ["limit"]),
        ("cursor=x", ["cursor"]),
        ("cursor=00000000-0000-4000-8000-000000000000", ["cursor"]),
        (f"cursor={UNKNOWN.upper()}", ["cursor"]),
        ("limit=1&limit=2", ["limit"]),
        ("page=2&limit=0", ["page", "limit"]),
    ],
)
def test_every_wrong_parameter_is_named(query: str, wrong: list[str]) -> None:
    answer = flowrelay().request("GET", "/api/v1/insights", query=query)

    assert (answer.status, answer.json["error_code"]) == (422, "invalid_fields")
    assert [each["parameter"] for each in answer.json["errors"]] == wrong


def test_a_third_kind_needs_no_change_here() -> None:
    world = flowrelay(
        job_types=[kind("digest")],
        handlers={"digest": lambda given, job: {"title": given.wanted}},
        endpoints={"flowrelay": {"/api/v1/digests": "digest"}},
    )
    job_id = generate(world, "digest")
    world.clock.advance(SECOND)
    world.work()

    answer = poll(world, job_id)

    assert (answer.json["job"]["result_kind"], answer.json["result"]) == ("digest", {"title": "title"})
