"""A schedule over the real entry points: stored by one function, submitted by the sweeper, run by the
worker."""

from __future__ import annotations

import json
import time
from threading import current_thread
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.aws import calls as aws
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND
from tests.kit import events
from tests.kit.deployed import issue_key
from tests.kit.process import Processes, all_running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.deployed import Deployed
    from tests.kit.world import Answer

DEFINITION = {"type": "echo", "input": {"text": "The quick brown fox."}}
PATH = "/v1/schedules/nightly"


def event(key: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    event = events.with_body(events.load("submit_job", key), json.dumps(body))
    event |= {"rawPath": path}
    event["requestContext"]["http"] |= {"method": method, "path": path}
    return event


def ask(deployed: Deployed, method: str, path: str, body: Any = None) -> Answer:
    return deployed.request(event(deployed.key, method, path, body))


def jobs(deployed: Deployed) -> list[dict[str, Any]]:
    answer = ask(deployed, "GET", f"{PATH}/jobs")
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["jobs"]
    return found


def test_a_slot_runs_at_its_second_and_not_before(deployed: Deployed) -> None:
    clock = deployed.clock
    slot = clock.now() // DAY * DAY + DAY + 7 * HOUR
    stored = ask(deployed, "PUT", PATH, DEFINITION | {"cron": "0 9 * * *", "timezone": "Europe/Vienna"})

    clock.advance_to(slot - 5 * MINUTE)
    deployed.advance(5 * MINUTE - SECOND)
    before = jobs(deployed)
    deployed.advance(SECOND)
    (after,) = jobs(deployed)

    assert stored.status == 201, stored.text
    assert stored.json["next_run_at"] == rfc3339(slot)
    assert [job["status"] for job in before] == ["pending"]
    assert (after["status"], after["ended_at"]) == ("completed", rfc3339(slot))
    assert ask(deployed, "GET", PATH).json["next_run_at"] == rfc3339(slot + DAY)


def test_a_rate_continues_until_it_is_deleted(deployed: Deployed) -> None:
    ask(deployed, "PUT", PATH, DEFINITION | {"rate": "2 minutes"})
    start = deployed.clock.now() // SECOND * SECOND

    deployed.advance(7 * MINUTE)
    waiting, *ended = jobs(deployed)
    deleted = ask(deployed, "DELETE", PATH)
    deployed.advance(10 * MINUTE)

    assert (waiting["status"], waiting["run_at"]) == ("pending", rfc3339(start + 8 * MINUTE))
    assert [job["ended_at"] for job in ended] == [rfc3339(start + n * MINUTE) for n in (6, 4, 2)]
    assert deleted.status == 204
    assert ask(deployed, "GET", PATH).status == 404
    newest, *others = ask(deployed, "GET", "/v1/jobs").json["jobs"]
    assert (newest["job_id"], newest["error"]["code"]) == (waiting["job_id"], "cancelled")
    assert len(others) == 3


def test_a_large_input_outlives_the_payloads_lifecycle_in_its_own_row(deployed: Deployed) -> None:
    text = "The quick brown fox. " * 5000
    ask(deployed, "PUT", PATH, DEFINITION | {"rate": "1 minute", "input": {"text": text}})

    deployed.advance(MINUTE)

    (row,) = [item for item in deployed.cloud.items() if item["sk"]["S"] == "SCHEDULE#nightly"]
    assert json.loads(row["input"]["S"]) == {"text": text}
    assert "delete_at" not in row
    assert "completed" in [job["status"] for job in jobs(deployed)]


def test_a_manual_run_is_a_job_like_any_other(deployed: Deployed) -> None:
    ask(deployed, "PUT", PATH, DEFINITION | {"cron": "0 9 * * *", "paused": True})

    accepted = ask(deployed, "POST", f"{PATH}/run")
    deployed.deliver()

    assert accepted.status == 202
    assert deployed.get(accepted.json["job_id"]).json["status"] == "completed"


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with all_running(tmp_path_factory.mktemp("logs")) as processes:
        yield processes


def imported(processes: Processes, function: str) -> set[str]:
    modules = processes.functions[function].modules
    wanted = {
        "pydantic",
        "cronsim",
        "zoneinfo",
        "apps.added.job_types",
        "claimcheck.service.schedules.slots",
    }
    return wanted & modules


def test_a_sweep_without_schedules_loads_nothing_for_them(processes: Processes) -> None:
    key = issue_key(processes.cloud, "acme")

    processes.invoke("sweeper", events.load("tick"))
    before = imported(processes, "sweeper")
    processes.invoke("submit_job", event(key, "PUT", PATH, DEFINITION | {"rate": "60 seconds"}))
    swept = processes.invoke("sweeper", events.load("tick"))

    assert before == set()
    assert swept["slots"] == 1
    assert "claimcheck.service.schedules.slots" in imported(processes, "sweeper")


def test_only_a_schedule_that_shows_its_next_times_loads_their_computation(processes: Processes) -> None:
    key = issue_key(processes.cloud, "umbrella")
    processes.invoke("submit_job", event(key, "PUT", PATH, DEFINITION | {"cron": "0 9 * * *"}))

    for path in ("/v1/schedules", f"{PATH}/jobs"):
        answer = processes.invoke("get_job", event(key, "GET", path))
        assert answer["statusCode"] == 200
    before = imported(processes, "get_job")
    processes.invoke("get_job", event(key, "GET", PATH))

    assert before == set()
    assert imported(processes, "get_job") == {"cronsim", "zoneinfo"}


def test_shards_side_by_side_build_the_schedule_runner_once(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session must not create clients in parallel threads."""
    made: list[tuple[str, str]] = []

    def slowly(name: str, **_: Any) -> Any:
        made.append((name, current_thread().name))
        time.sleep(0.05)
        return make(name)

    make = aws.make_client
    monkeypatch.setattr(aws, "make_client", slowly)
    for number in range(40):
        ask(deployed, "PUT", f"/v1/schedules/s{number}", DEFINITION | {"rate": "1 minute"})

    engine = bootstrap(deployed.cloud.settings, deployed.clock)
    swept = engine.sweeper.sweep(lambda: MINUTE)

    assert swept.slots == 40
    assert sorted(name for name, _ in made) == ["dynamodb", "s3", "sqs"]
