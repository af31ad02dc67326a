"""Every answer fits into Lambda's limit, also on a runtime that writes JSON in ASCII."""

from __future__ import annotations

import json
from typing import Any

import pytest

from claimcheck.installed import dialects
from tests.kit.schedules import new_schedule
from tests.kit.world import Echo, World, echo, event, job_type

# "Lambda quotas": 6 MB. The service refuses more than this.
LIMIT = 6_291_556
# The names of an entry and a value have at most 40 and 500 characters; before the limit of 8 KiB there were
# jobs with 50 of them.
OLD = {f"{number:02}".ljust(40, "漢"): "漢" * 500 for number in range(50)}


# The paths of one job, in the contracts that are installed.
ROUTES = {route.path for dialect in dialects() for route in dialect.routes if route.method == "GET"}
SHOWING = sorted(path.replace("{job_id}", "{}") for path in ROUTES if path.endswith("jobs/{job_id}"))


def size(world: World, path: str, query: str = "") -> int:
    """Return the bytes of a function's answer on Python 3.11, which escapes all but ASCII."""
    sent = {"authorization": f"Bearer {world.acme}"}
    answer = world.api.handle(event("GET", path, headers=sent, query=query))
    assert answer["statusCode"] == 200
    return len(json.dumps(answer))


@pytest.mark.parametrize("character", ["é", "漢", "😀", '"', "\x01", "x"])
@pytest.mark.parametrize("path", SHOWING)
def test_the_largest_result_that_is_shown_fits(path: str, character: str) -> None:
    text = character * (2_600_000 // len(json.dumps(character, ensure_ascii=False).encode()[1:-1]))
    world = World({"echo": lambda given, job: Echo(text=text)}, [job_type()])
    job_id = world.submit()
    world.work()

    assert size(world, path.format(job_id)) <= LIMIT


def all_of(world: World, path: str, name: str) -> tuple[list[Any], int]:
    """Return all documents of a list, read by its cursor, and the number of pages. Each page fits."""
    found, cursor, pages = list[Any](), "", 0
    while cursor is not None:
        query = f"limit=100{cursor and '&cursor='}{cursor}"
        assert size(world, path, query) <= LIMIT
        page = world.request("GET", path, query=query).json
        found, cursor, pages = found + page[name], page["next_cursor"], pages + 1
    return found, pages


def test_a_list_of_jobs_with_more_metadata_than_is_accepted_now_comes_in_more_pages() -> None:
    world = World({"echo": echo})
    job_ids = [world.submit() for _ in range(100)]
    for job_id in job_ids:
        job = world.job(job_id)
        world.store.replace(job, job.evolve(metadata=OLD, written_by="old code"))
    jobs, pages = all_of(world, "/v1/jobs", "jobs")

    assert pages == 3
    assert sorted(job["job_id"] for job in jobs) == sorted(job_ids)


def test_a_list_of_schedules_does_too() -> None:
    world = World({"echo": echo})
    names = [f"s{number:02}" for number in range(100)]
    for name in names:
        stored = new_schedule(org="acme", name=name, metadata=OLD)
        assert world.store.schedules.put(None, stored)
    schedules, pages = all_of(world, "/v1/schedules", "schedules")

    assert pages == 3
    assert [each["name"] for each in schedules] == names


@pytest.mark.parametrize("value", ["漢" * 500, "😀" * 500, "x" * 500, '"' * 500])
def test_metadata_has_at_most_8_kib(value: str) -> None:
    world = World({"echo": echo})
    metadata = {f"n{number}": value for number in range(50)}
    answer = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": ""}, "metadata": metadata})
    put = world.request(
        "PUT",
        "/v1/schedules/s",
        {"rate": "1 hour", "type": "echo", "input": {"text": ""}, "metadata": metadata},
    )

    for each in (answer, put):
        assert each.status == 422
        [wrong] = each.json["errors"]
        assert wrong["pointer"] == "/metadata"
        assert "at most 8,192" in wrong["message"]


def test_metadata_of_8_kib_is_accepted() -> None:
    world = World({"echo": echo})
    # Each entry has six characters of JSON around its name and value, and a comma; the braces are two.
    metadata = {f"{number:02}": "x" * 500 for number in range(16)}
    metadata["16"] = "x" * (8 * 1024 - len(json.dumps(metadata, separators=(",", ":"))) - len(',"16":""'))

    assert world.submit(metadata=metadata)
