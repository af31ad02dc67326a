"""Rows of released versions and of this one: each reads the other's, and every job ends as it should."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.job import MINUTE
from tests.compat import life, reread, resweep
from tests.compat.life import Life
from tests.compat.releases import ROWS, run, unpack_former
from tests.kit.cloud import moto_cloud

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from claimcheck.domain.job import Job

# Of the jobs that had not ended: the error's code, or None if they complete.
ENDS = {
    "runs": None,
    "runs, from a bucket": None,
    "runs, and is to be cancelled": "cancelled",
    "waits for another attempt": None,
    "waits for another poll": None,
    "is a timer": None,
    "is pending": None,
    "ran into its timeout": None,
}
ENDED = {
    "completes": None,
    "completes, in a bucket": None,
    "delivered a callback": None,
    "owes a callback": None,
    "fails": "no_such_coat",
    "fails, from a bucket": "no_such_coat",
    "is cancelled": "cancelled",
}
# In 0.1, a timeout ended its job.
ENDED_THEN = {"0.1.0": {"ran into its timeout": "timeout"}}


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """Return the rows of this code."""
    return life.record()


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the last release's code."""
    return unpack_former(tmp_path_factory.mktemp("former"))


@pytest.fixture
def file(tmp_path: Path, written: dict[str, Any]) -> Path:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(written))
    return file


@pytest.fixture(params=ROWS, ids=lambda file: file.stem)
def rows(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.param.read_text())
    # Not every version has brought a job into every state.
    ended = {fate: code for fate, code in ENDED.items() if fate in found["jobs"]}
    return found | {"ended": ended | ENDED_THEN.get(request.param.stem, {})}


@pytest.fixture
def world(rows: dict[str, Any]) -> Iterator[Life]:
    """Return a deployment of this code over a released version's rows."""
    with moto_cloud() as cloud:
        world = Life(cloud, rows["now"])
        for item in rows["items"]:
            cloud.dynamodb.put_item(TableName=cloud.table_name, Item=item)
        for key, text in rows["objects"].items():
            world.objects.put(key, text)
        yield world


@pytest.mark.parametrize("file", ROWS, ids=lambda file: file.stem)
def test_rows_of_a_released_version_are_read_and_written_as_they_were(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = reread.main(str(file))
    assert code == 0, capsys.readouterr().out


def test_the_last_release_reads_rows_of_this_code(former: Path, file: Path) -> None:
    run(["python", reread.__file__, file], former)


def test_the_last_release_leaves_alone_a_failed_job_of_this_code(
    former: Path, file: Path, written: dict[str, Any]
) -> None:
    run(["python", "-m", "claimcheck.build", "index", "apps/index.py"], former)

    run(["python", resweep.__file__, file, written["jobs"]["fails, from a bucket"]], former)


def test_jobs_of_a_released_version_end_as_they_should(world: Life, rows: dict[str, Any]) -> None:
    before = _ends(world, rows, rows["ended"])
    assert before == rows["ended"]

    world.pass_time(minutes=25)

    assert _ends(world, rows, ENDS | rows["ended"]) == ENDS | rows["ended"]
    assert _job(world, rows, "runs").attempt == 2
    assert _job(world, rows, "waits for another poll").executions == 2
    assert _job(world, rows, "owes a callback").callback.state == "delivered"  # type: ignore[union-attr]
    timer = _job(world, rows, "is a timer")
    assert 0 <= (timer.started_at or 0) - timer.run_at <= MINUTE


def test_a_released_version_s_keys_schedules_and_credits_go_on(world: Life, rows: dict[str, Any]) -> None:
    world.acme = rows["api_key"]
    asked = {"type": "echo", "input": {"text": "runs"}, "metadata": {"fate": "runs"}}
    world.pass_time(minutes=25)

    replayed = world.request("POST", "/v1/jobs", asked, idempotency_key="runs")
    runs = world.request("GET", "/v1/schedules/every/jobs").json["jobs"]

    assert (replayed.status, replayed.json["job_id"]) == (202, rows["jobs"]["runs"])
    # The newest may wait for its slot.
    assert [each["status"] for each in runs[1:]] == ["completed"] * 5
    assert world.request("GET", "/v1/schedules/paused/jobs").json["jobs"] == []
    assert world.request("GET", "/v1/schedules/paused").json["paused"] is True
    ledger = world.engine.credits.ledger("acme", 100).entries
    assert world.engine.credits.credits("acme") == sum(movement.amount for movement in ledger)


def test_what_newer_code_has_stored_survives_the_whole_life_of_a_job(rows: dict[str, Any]) -> None:
    with moto_cloud() as cloud:
        world = Life(cloud, rows["now"])
        for item in rows["items"]:
            cloud.dynamodb.put_item(TableName=cloud.table_name, Item=_newer(item))
        for key, text in rows["objects"].items():
            world.objects.put(key, text)

        world.pass_time(minutes=25)
        found = cloud.items()

    stored = {(each["pk"]["S"], each["sk"]["S"]): each for each in found}
    kept = [each for each in rows["items"] if each["sk"]["S"] == "JOB" or "schedule" in each]
    assert len(kept) > len(ENDS)
    for item in kept:
        now = stored[item["pk"]["S"], item["sk"]["S"]]
        document = json.loads(now["job" if "job" in now else "schedule"]["S"])
        assert (now["x_index"], document["x_flow"]) == ({"S": "a"}, "renderer")
        before = json.loads(item["job" if "job" in item else "schedule"]["S"])
        for part in {"callback", "recurrence", "result", "error"} & before.keys():
            assert document[part] is None or document[part]["x_part"] == [1]


def test_an_unknown_status_is_processing_and_is_kept(world: Life, rows: dict[str, Any]) -> None:
    job_id = rows["jobs"]["is a timer"]
    store = world.engine.store
    waiting = store.read(job_id)
    assert waiting is not None
    store.replace(waiting, waiting.evolve(status="queued", written_by="newer"))

    shown = world.request("GET", f"/v1/jobs/{job_id}", key=rows["api_key"]).json["status"]
    read = store.read(job_id)
    assert read is not None
    store.replace(read, read.evolve(due_at=read.due_at, written_by="older"))
    kept = store.read(job_id)
    world.pass_time(minutes=25)

    assert shown == "processing"
    assert kept is not None
    assert kept.unknown == {"status": "queued"}
    assert _ends(world, rows, ["is a timer"]) == {"is a timer": None}


def _newer(item: dict[str, Any]) -> dict[str, Any]:
    """Return the row as newer code might have written it, with more in every document."""
    newer = item | {"x_index": {"S": "a"}}
    for name in ("job", "schedule", "execution", "delivery", "movement", "key"):
        if name not in item:
            continue
        document = json.loads(item[name]["S"]) | {"x_flow": "renderer"}
        for part in ("lease", "callback", "error", "progress", "recurrence", "input", "result"):
            if isinstance(document.get(part), dict):
                document[part]["x_part"] = [1]
        newer[name] = {"S": json.dumps(document)}
    return newer


def _job(world: Life, rows: dict[str, Any], fate: str) -> Job:
    job = world.engine.store.read(rows["jobs"][fate])
    assert job is not None
    return job


def _ends(world: Life, rows: dict[str, Any], fates: Any) -> dict[str, str | None]:
    jobs = {fate: _job(world, rows, fate) for fate in fates}
    assert [fate for fate, job in jobs.items() if job.ended_at is None] == []
    return {fate: job.error and job.error.code for fate, job in jobs.items()}
