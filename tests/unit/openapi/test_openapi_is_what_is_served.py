"""The API gives every answer that its description lists, and no other."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from claimcheck.authoring.catalog import Catalog
from claimcheck.domain.errors import OutcomeUnknown
from claimcheck.domain.flows import MAX_FLOWS
from claimcheck.domain.job import DAY, MINUTE, Movement
from claimcheck.domain.outcome import Fail, Retry
from claimcheck.domain.schedules import MAX_SCHEDULES
from claimcheck.http.contract import BODY_LIMIT
from claimcheck.outbound import Outbound
from claimcheck.service.bulk import JOB_TYPE as BULK_TYPE
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.testing import MemoryJobStore, MemoryKeyStore
from tests.kit.described import (
    NOWHERE,
    Description,
    Failing,
    WatchedWorld,
    ask_in_every_way,
    description,
)
from tests.kit.flows import full_flow, new_flow
from tests.kit.schedules import new_schedule
from tests.kit.world import Echo, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.kit.described import Seen

UNKNOWN = str(UUID(int=7))
HELLO = {"type": "echo", "input": {"text": "hello"}}
BULK: dict[str, Any] = {"action": "cancel", "filter": {}}
DAILY = HELLO | {"cron": "0 12 * * *"}
CSV = {"content_type": "text/csv", "size": 18}
DEFAULT_CALLBACK = "/v1/callbacks/default"
# One request of each operation that needs a key.
REQUESTS: list[tuple[str, str, Any]] = [
    ("POST", "/v1/jobs", HELLO),
    ("POST", "/v1/jobs/batch", {"jobs": [HELLO]}),
    ("GET", "/v1/jobs", None),
    ("GET", f"/v1/jobs/{UNKNOWN}", None),
    ("GET", f"/v1/jobs/{UNKNOWN}/result", None),
    ("GET", f"/v1/jobs/{UNKNOWN}/executions", None),
    ("POST", f"/v1/jobs/{UNKNOWN}/cancel", None),
    ("POST", f"/v1/jobs/{UNKNOWN}/retry", None),
    ("GET", f"/v1/jobs/{UNKNOWN}/deliveries", None),
    ("POST", f"/v1/jobs/{UNKNOWN}/redeliver", None),
    ("GET", f"/v1/jobs/{UNKNOWN}/files/{'0' * 35}/a.csv", None),
    ("POST", "/v1/uploads", CSV),
    ("PUT", DEFAULT_CALLBACK, {"url": "https://example.com"}),
    ("GET", DEFAULT_CALLBACK, None),
    ("DELETE", DEFAULT_CALLBACK, None),
    ("POST", "/v1/bulk", BULK),
    ("PUT", "/v1/schedules/nightly", DAILY),
    ("GET", "/v1/schedules/nightly", None),
    ("GET", "/v1/schedules", None),
    ("GET", "/v1/schedules/nightly/jobs", None),
    ("POST", "/v1/schedules/nightly/pause", None),
    ("POST", "/v1/schedules/nightly/resume", None),
    ("POST", "/v1/schedules/nightly/run", None),
    ("DELETE", "/v1/schedules/nightly", None),
    ("PUT", "/v1/flows/renderer", {}),
    ("GET", "/v1/flows/renderer", None),
    ("GET", "/v1/flows", None),
    ("POST", "/v1/flows/renderer/pause", None),
    ("POST", "/v1/flows/renderer/resume", None),
    ("DELETE", "/v1/flows/renderer", None),
    ("GET", "/v1/credits", None),
    ("GET", "/v1/credits/ledger", None),
]


def ask_everything(world: World, key: str | None = None, **headers: str) -> None:
    for method, path, body in REQUESTS:
        world.request(method, path, body, key=key, **headers)


def ask_for_ids(world: World, job_id: str) -> None:
    for path in ("", "/result", "/executions", "/deliveries", f"/files/{'0' * 35}/a.csv"):
        world.request("GET", f"/v1/jobs/{job_id}{path}")
    for path in ("/cancel", "/redeliver", "/retry"):
        world.request("POST", f"/v1/jobs/{job_id}{path}")


def submit_in_every_way() -> set[Seen]:
    world = WatchedWorld()
    for body in (HELLO, HELLO, HELLO | {"metadata": {"a": "b"}}):
        world.request("POST", "/v1/jobs", body, idempotency_key="k")
    world.request("POST", "/v1/jobs", HELLO, idempotency_key="")
    world.request("POST", "/v1/jobs", {"type": "none", "input": {}})
    world.request("POST", "/v1/jobs", b"{")
    world.request("POST", "/v1/jobs", b"{}", content_type="text/plain")
    world.request("POST", "/v1/jobs", b" " * (BODY_LIMIT + 1))
    world.request("GET", "/v1/jobs", query="limit=0")
    world.advance(DAY - 1)
    world.request("POST", "/v1/jobs", HELLO, idempotency_key="k")
    return world.seen | ask_for_what_costs() | start_in_bulk()


def start_in_bulk() -> set[Seen]:
    world = WatchedWorld(job_types=[job_type(), BULK_TYPE])
    for body in (BULK, BULK, BULK | {"dry_run": True}, BULK | {"dry_run": 1}, b"{"):
        world.request("POST", "/v1/bulk", body, idempotency_key="k")
    world.request("POST", "/v1/bulk", BULK, idempotency_key="")
    world.request("POST", "/v1/bulk", b"{}", content_type="text/plain")
    world.request("POST", "/v1/bulk", b" " * (BODY_LIMIT + 1))
    world.expire()
    world.request("POST", "/v1/bulk", BULK, idempotency_key="k")
    lost = WatchedWorld(store=Failing(MemoryJobStore(), "insert", OutcomeUnknown()), job_types=[BULK_TYPE])
    lost.request("POST", "/v1/bulk", BULK)
    return world.seen | lost.seen


def submit_many() -> set[Seen]:
    world = WatchedWorld()
    path, two = "/v1/jobs/batch", {"jobs": [HELLO, {"type": "none", "input": {}}]}
    bodies: list[Any] = [two, two, {"jobs": []}, b"{", b" " * (BODY_LIMIT + 1)]
    for body in bodies:
        world.request("POST", path, body, idempotency_key="k")
    world.request("POST", path, two, idempotency_key="")
    world.request("POST", path, b"{}", content_type="text/plain")
    world.request("GET", "/v1/jobs", query=f"ids={UNKNOWN}")
    return world.seen


def ask_for_what_costs() -> set[Seen]:
    worlds = [
        WatchedWorld(job_types=[job_type(price=lambda given: len(given.text))]),
        WatchedWorld(job_types=[job_type(paid_plan=True)]),
    ]
    for world in worlds:
        world.request("POST", "/v1/jobs", HELLO)
    return {seen for world in worlds for seen in world.seen}


def read_in_every_state() -> set[Seen]:
    def work(given: Any, job: Any) -> Any:
        job.progress(1, None, "started")
        world.request("GET", f"/v1/jobs/{job.job_id}")
        world.request("GET", f"/v1/jobs/{job.job_id}/executions")
        return outcomes[given.text]

    outcomes = {
        "short": Echo(text="x"),
        "long": Echo(text="x" * 300_000),
        "bad": Fail("bad", "Bad."),
        "late": Retry(after=60),
    }
    world = WatchedWorld({"echo": work})
    job_ids = [world.submit(text, metadata={"number": text}) for text in outcomes]
    for job_id in job_ids:
        world.request("GET", f"/v1/jobs/{job_id}/result")
    world.work()
    world.request("GET", "/v1/jobs")
    world.request("GET", "/v1/jobs", query="limit=1&status=failed")
    for job_id in job_ids:
        ask_for_ids(world, job_id)
    for query in ("redirect=false", "redirect=maybe"):
        world.request("GET", f"/v1/jobs/{job_ids[1]}/result", query=query)
    return world.seen


def ask_for_files() -> set[Seen]:
    def save(given: Any, job: Any) -> Echo:
        return Echo(text=job.save("a.csv", b"a", "text/csv").url)

    world = WatchedWorld({"echo": save})
    job_id = world.submit()
    world.work()
    path = world.request("GET", f"/v1/jobs/{job_id}").json["result"]["text"]
    for query in ("", "redirect=false", "redirect=maybe"):
        world.request("GET", path, query=query)
    for body in (CSV, {}, b"{", b" " * (BODY_LIMIT + 1)):
        world.request("POST", "/v1/uploads", body)
    world.request("POST", "/v1/uploads", b"{}", content_type="text/plain")
    return world.seen


def call_back() -> set[Seen]:
    """Create a job in every state of its callback, each with all its deliveries."""
    world = WatchedWorld()
    issue_secret(world.documents, "acme", world.clock.now())
    world.rebuild(outbound=Outbound(resolve=lambda host, port: ["127.0.0.1"]))
    hooked = HELLO | {"callback_url": "https://example.com/hooks?key=secret"}
    world.request("POST", "/v1/jobs", HELLO, claimcheck_callback_url="http://example.com")
    job_id = world.request("POST", "/v1/jobs", hooked).json["job_id"]
    world.request("POST", f"/v1/jobs/{job_id}/redeliver")
    ask_for_ids(world, job_id)
    for _ in range(2):
        world.work()
        ask_for_ids(world, job_id)
    for body in (
        {"url": "https://example.com/hooks?key=secret", "on": "ended"},
        {"url": "?"},
        b"{",
        b" " * (BODY_LIMIT + 1),
    ):
        world.request("PUT", DEFAULT_CALLBACK, body)
    world.request("PUT", DEFAULT_CALLBACK, b"{}", content_type="text/plain")
    for method in ("GET", "DELETE") * 2:
        world.request(method, DEFAULT_CALLBACK)
    return world.seen


def duplicate() -> set[Seen]:
    """Submit jobs with one unique key, with every answer to the second one."""
    world = WatchedWorld(job_types=[job_type(), BULK_TYPE])
    for on_duplicate in ("reject", "reject", "existing"):
        world.request("POST", "/v1/jobs", HELLO | {"unique_key": "k", "on_duplicate": on_duplicate})
    for _ in range(2):
        world.request("POST", "/v1/bulk", BULK, claimcheck_unique_key="b")
    world.request("POST", "/v1/bulk", BULK, claimcheck_flow=full_flow(world.store.flows))
    return world.seen


def retry_what_failed() -> set[Seen]:
    def fail(given: Any, job: Any) -> Any:
        raise Fail("no", "No.")

    def retry(job_id: str) -> Any:
        return world.request("POST", f"/v1/jobs/{job_id}/retry")

    world = WatchedWorld({"echo": fail}, [job_type(price=lambda given: len(given.text))])
    world.store.credits.add_credits("acme", 10, world.clock.now(), "gift")
    cancelled = world.submit("")
    world.request("POST", f"/v1/jobs/{cancelled}/cancel")
    free, dear = world.submit(""), world.submit("0123456789")
    world.work()
    world.store.credits.move("acme", Movement(0, -10, "charged"), "elsewhere")
    world.request("PUT", "/v1/flows/renderer", {})
    unique, limited = world.submit("", unique_key="k"), world.submit("", flow="renderer")
    world.work()
    world.submit("", unique_key="k")
    retry(unique)
    world.request("PUT", "/v1/flows/renderer", {"max_waiting": 1, "paused": True})
    world.submit("", flow="renderer")
    world.work()
    retry(limited)
    tired = world.key("acme", daily=1)
    for path, body in (("/v1/jobs", HELLO | {"input": {"text": ""}}), (f"/v1/jobs/{free}/retry", None)):
        world.request("POST", path, body, key=tired)
    again = [retry(job_id) for job_id in (cancelled, free, free, dear)][1].json["job_id"]
    del world.store._jobs[again]
    retry(free)
    world.rebuild(catalog=Catalog([job_type("other")]))
    retry(dear)
    return world.seen | lose_a_retry(dear, world)


def lose_a_retry(job_id: str, world: WatchedWorld) -> set[Seen]:
    lost = WatchedWorld(store=Failing(world.store, "insert", OutcomeUnknown()))
    lost.request("POST", f"/v1/jobs/{job_id}/retry")
    return lost.seen


def keep_schedules() -> set[Seen]:
    world = WatchedWorld()
    path = "/v1/schedules/nightly"
    for changes in ({}, {"paused": True}, {"cron": None, "rate": "1 day"}, {"colour": "red"}):
        world.request("PUT", path, DAILY | changes)
    for name, body in (("x" * 65, DAILY), ("nightly", b"{"), ("nightly", b" " * (BODY_LIMIT + 1))):
        world.request("PUT", f"/v1/schedules/{name}", body)
    world.request("PUT", path, b"{}", content_type="text/plain")
    world.request("GET", path)
    world.request("GET", "/v1/schedules")
    world.request("GET", "/v1/schedules", query="limit=0")
    for action in ("run", "run", "pause", "resume"):
        world.request("POST", f"{path}/{action}", idempotency_key="k")
    world.request("POST", f"{path}/run", idempotency_key="")
    world.request("POST", "/v1/jobs", HELLO, idempotency_key="taken")
    world.request("POST", f"{path}/run", idempotency_key="taken")
    world.request("GET", f"{path}/jobs")
    world.request("GET", f"{path}/jobs", query="cursor=1")
    world.advance(DAY - 1)
    world.request("POST", f"{path}/run", idempotency_key="k")
    world.request("DELETE", path)
    for method, place, body in REQUESTS:
        if place.startswith(path) and method != "PUT":
            world.request(method, place, body)
    for number in range(MAX_SCHEDULES):
        world.store.schedules.put(None, new_schedule(org="acme", name=f"s{number}"))
    world.request("PUT", path, DAILY)
    return world.seen | run_what_is_refused()


def keep_flows() -> set[Seen]:
    world = WatchedWorld()
    path, limited = "/v1/flows/renderer", HELLO | {"flow": "renderer"}
    rate = {"starts": 5, "per_seconds": 1}
    for limits in ({}, {"concurrency": 1, "rate": rate, "max_waiting": 1}, {"concurrency": 0}):
        world.request("PUT", path, limits)
    for name, body in (("x" * 65, {}), ("renderer", b"{"), ("renderer", b" " * (BODY_LIMIT + 1))):
        world.request("PUT", f"/v1/flows/{name}", body)
    world.request("PUT", path, b"{}", content_type="text/plain")
    world.request("POST", f"{path}/pause")
    world.request("PUT", "/v1/schedules/nightly", DAILY | {"flow": "renderer"})
    job_id = world.request("POST", "/v1/jobs", limited).json["job_id"]
    world.work()
    world.request("POST", "/v1/jobs", limited)
    world.request("POST", "/v1/schedules/nightly/run")
    world.request("DELETE", path)
    ask_for_ids(world, job_id)
    world.request("POST", f"{path}/resume")
    world.request("GET", path)
    world.request("GET", "/v1/flows")
    world.request("GET", "/v1/flows", query="limit=0")
    world.request("GET", "/v1/credits/ledger", query="limit=0")
    world.advance(3 * MINUTE)
    world.request("DELETE", path)
    for method, place, body in REQUESTS:
        if place.startswith(path) and method != "PUT":
            world.request(method, place, body)
    for number in range(MAX_FLOWS):
        world.store.flows.put(None, new_flow(org="acme", name=f"f{number}"))
    world.request("PUT", path, {})
    return world.seen


def run_what_is_refused() -> set[Seen]:
    """Run jobs that were valid when stored, but whose key or job type has changed."""
    world = WatchedWorld(job_types=[job_type(price=lambda given: 1)])
    world.request("PUT", "/v1/schedules/nightly", DAILY)
    worlds = [world]
    paid = WatchedWorld(job_types=[job_type(paid_plan=True)])
    paid.request("PUT", "/v1/schedules/nightly", DAILY)
    paid.request("PUT", "/v1/schedules/nightly", DAILY, key=paid.key("acme", plan="paid"))
    worlds += [WatchedWorld(store=world.store, job_types=[job_type(paid_plan=True)])]
    worlds += [WatchedWorld(store=world.store, job_types=[job_type("other")])]
    for each in worlds:
        each.request("POST", "/v1/schedules/nightly/run")
    lost = WatchedWorld(store=Failing(MemoryJobStore(), "insert", OutcomeUnknown()))
    lost.request("PUT", "/v1/schedules/nightly", DAILY)
    lost.request("POST", "/v1/schedules/nightly/run")
    return {seen for each in [*worlds, paid, lost] for seen in each.seen}


def ask_for_nothing() -> set[Seen]:
    world = WatchedWorld()
    ask_for_ids(world, UNKNOWN)
    ask_for_ids(world, "no-uuid")
    world.request("GET", "/health")
    world.request("GET", "/nowhere")
    world.request("PUT", "/v1/jobs")
    return world.seen


def ask_for_the_document(folder: Path) -> set[Seen]:
    """Request the document, which the build provides. Without it there is nothing to serve."""
    world = WatchedWorld()
    world.request("GET", "/openapi.json")
    (folder / "openapi.json").write_text(json.dumps(description().document))
    served = world.request("GET", "/openapi.json")
    world.request("GET", "/openapi.json", if_none_match=served.headers["ETag"])
    assert served.json == description().document
    return world.seen


def test_every_answer_that_is_described_is_given_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    seen = ask_for_the_document(tmp_path) | ask_in_every_way(WatchedWorld, ask_everything)
    seen |= submit_in_every_way() | submit_many() | read_in_every_state() | call_back() | keep_schedules()
    seen |= duplicate() | ask_for_files() | keep_flows()
    seen |= ask_for_nothing() | retry_what_failed()

    assert seen == set(description().everything()) | NOWHERE


def test_a_fault_reveals_no_details() -> None:
    world = World(keys=Failing(MemoryKeyStore(), "api_key", RuntimeError("the secret text of a bug")))

    answer = world.request("GET", "/v1/jobs")

    assert answer.status == 500
    assert answer.json["detail"] == "Something went wrong on our side; it has been recorded."


GET_JOB = ("paths", "/v1/jobs/{job_id}", "get", "responses", "200")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (GET_JOB[:-1], "200"),
        ((*GET_JOB, "headers"), "Retry-After"),
        ((*GET_JOB, "headers"), "RateLimit"),
        ((*GET_JOB, "content"), "application/json"),
        (("components", "schemas", "PendingJob", "properties"), "progress"),
    ],
)
def test_an_answer_that_is_not_described_is_found(place: tuple[str, ...], name: str) -> None:
    document = deepcopy(description().document)
    part = document
    for step in place:
        part = part[step]
    del part[name]

    assert_found(document, lambda world: f"/v1/jobs/{world.submit()}")


def test_a_described_answer_that_is_never_given_is_found() -> None:
    document = deepcopy(description().document)
    document["components"]["schemas"]["PendingJob"]["required"].append("colour")
    assert_found(document, lambda world: f"/v1/jobs/{world.submit()}")

    document = deepcopy(description().document)
    document["components"]["responses"]["JobNotFound"]["headers"]["Allow"] = {"required": True}
    assert_found(document, lambda world: f"/v1/jobs/{UNKNOWN}")


def assert_found(document: dict[str, Any], path_in: Callable[[World], str]) -> None:
    world = World()
    path = path_in(world)
    answer = world.request("GET", path)
    description().check("GET", path, answer)

    with pytest.raises(AssertionError):
        Description(document).check("GET", path, answer)
