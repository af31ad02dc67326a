"""Each role allows what its function does, and nothing that no function does."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests  # type: ignore[import-untyped]

from claimcheck.authoring.catalog import Catalog
from claimcheck.aws.calls import session
from claimcheck.aws.dynamodb import flow_rows
from claimcheck.aws.dynamodb.unique_names import name_key
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import DAY, MINUTE, SECOND, FlowKey
from claimcheck.service.bulk import JOB_TYPE as BULK
from tests.compat.life import LONG, Life, live
from tests.kit.cloud import moto_cloud
from tests.kit.deployment import FUNCTIONS
from tests.kit.file_world import TEXT, Letter, Parcel, copied
from tests.kit.policy import Access, accesses, grants, refusals
from tests.kit.world import job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

HELLO = {"type": "echo", "input": {"text": "hello"}}
# The stores whose actions and keys a role names. The emulator judges the other services.
STORES = ("dynamodb:", "s3:")
# What only rows, objects and functions of former versions need.
FORMER = {
    ("dynamodb:Query", "Table.Arn", "ORG#*"),  # signing secrets, until 0.2
    ("s3:PutObject", "Bucket.Arn/*/input-*", "*"),  # 0.1
    ("s3:DeleteObject", "Bucket.Arn/*/input-*", "*"),
    ("s3:PutObject", "Bucket.Arn/*/result-*", "*"),
    ("s3:GetObject", "Bucket.Arn/*/input-*", "*"),
    ("s3:GetObject", "Bucket.Arn/*/result-*", "*"),
}


class Deployment(Life):
    """A life in which each call to AWS is that of a function. Operators' calls have none."""

    def __init__(self, cloud: Any) -> None:
        self.function: str | None = None
        self.needed: dict[str, list[Access]] = {name: [] for name in FUNCTIONS}
        session().register("before-parameter-build", self._record)
        try:
            super().__init__(cloud)
            # Made on first use.
            self.objects.put("none", "")
        finally:
            session().unregister("before-parameter-build", self._record)

    def _record(self, **event: Any) -> None:
        model, service = event["model"], event["model"].service_model.service_name
        if self.function is not None and f"{service}:" in STORES:
            self.needed[self.function] += accesses(service, model.name, event["params"])

    @contextmanager
    def running(self, function: str) -> Iterator[None]:
        self.function = function
        try:
            yield
        finally:
            self.function = None

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        with self.running("GetJob" if method in ("GET", "HEAD") else "SubmitJob"):
            return super().request(method, path, body, **more)

    def work(self, remaining: int = 900 * SECOND) -> None:
        with self.running("Worker"):
            super().work(remaining)

    def sweep(self) -> None:
        with self.running("Sweeper"):
            super().sweep()


@pytest.fixture(scope="module")
def needed() -> dict[str, list[Access]]:
    with moto_cloud() as cloud:
        world = Deployment(cloud)
        jobs = live(world)
        world.pass_time(minutes=25)
        _ask_everything(world, jobs)
        _let_the_sweeper_end_a_job(world)
        _use_names_and_default_callbacks(world)
        _limit_by_a_flow(world)
        _send_files(world)
        _retry(world, jobs["fails"])
        return world.needed


def _ask_everything(world: Deployment, jobs: dict[str, str]) -> None:
    for path in (
        "/v1/jobs",
        "/v1/schedules",
        "/v1/schedules/every",
        "/v1/schedules/every/jobs",
        "/v1/credits",
        "/v1/credits/ledger",
    ):
        assert world.request("GET", path).status == 200
    for job_id in jobs.values():
        for path in ("", "/result", "/executions", "/deliveries"):
            world.request("GET", f"/v1/jobs/{job_id}{path}")
    world.request("POST", f"/v1/jobs/{jobs['delivered a callback']}/redeliver")
    for timer, text in (("small", "hello"), ("large", LONG)):
        later = {"input": {"text": text}, "run_at": rfc3339(world.clock.now() + DAY)}
        job_id = world.request("POST", "/v1/jobs", HELLO | later, idempotency_key=timer).json["job_id"]
        assert world.request("POST", f"/v1/jobs/{job_id}/cancel").status == 202
    assert world.request("POST", "/v1/schedules/every/run").status == 202
    batch = {"jobs": [HELLO, HELLO | {"input": {"text": LONG}}]}
    assert world.request("POST", "/v1/jobs/batch", batch, idempotency_key="batch").status == 200
    assert world.request("GET", "/v1/jobs", query=f"ids={','.join(jobs.values())}").status == 200
    large = {"input": {"text": LONG}, "rate": "1 minute"}
    assert world.request("PUT", "/v1/schedules/large", HELLO | large).status == 201
    world.sweep()
    for ending in ("pause", "resume"):
        assert world.request("POST", f"/v1/schedules/large/{ending}").status == 200
    world.sweep()
    assert world.request("DELETE", "/v1/schedules/large").status == 204
    # As apps do.
    with world.running("SubmitJob"):
        world.documents.put("acme", "listing", "en", "{}")
        world.engine.credits.credits("acme")
    with world.running("GetJob"):
        world.documents.find("acme", "listing")
        world.engine.credits.ledger("acme", 10)


def _let_the_sweeper_end_a_job(world: Deployment) -> None:
    soon = {"deadline": rfc3339(world.clock.now() + MINUTE), "input": {"text": LONG}}
    assert world.request("POST", "/v1/jobs", HELLO | soon).status == 202
    while world.queue.receive() is not None:
        pass  # it is lost
    world.clock.advance(5 * MINUTE)
    world.sweep()


def _use_names_and_default_callbacks(world: Deployment) -> None:
    default, hook = "/v1/callbacks/default", {"url": "https://example.com/hook"}
    assert world.request("PUT", default, hook).status == 200
    assert world.request("GET", default).status == 200
    unique = HELLO | {"unique_key": "work"}
    job_id = world.request("POST", "/v1/jobs", unique).json["job_id"]
    existing = unique | {"on_duplicate": "existing"}
    assert world.request("POST", "/v1/jobs", existing, idempotency_key="unique").status == 200
    assert world.request("POST", f"/v1/jobs/{job_id}/cancel").status == 202
    # The names of jobs that operators have deleted.
    table = world.engine._table
    for name in ("key:void", "schedule:alone"):
        table.call("put_item", Item=name_key("acme", name) | {"job_id": {"S": "gone"}})
    assert world.request("POST", "/v1/jobs", HELLO | {"unique_key": "void"}).status == 202
    alone = HELLO | {"rate": "1 day", "overlap": "skip"}
    assert world.request("PUT", "/v1/schedules/alone", alone).status == 201
    assert world.request("POST", "/v1/schedules/alone/run").status == 202
    world.work()
    assert world.request("DELETE", default).status == 204
    for end in (world.work, world.sweep):
        soon = {"deadline": rfc3339(world.clock.now() + MINUTE), "unique_key": "late"}
        assert world.request("POST", "/v1/jobs", HELLO | soon).status == 202
        world.clock.advance(5 * MINUTE)
        end()


def _limit_by_a_flow(world: Deployment) -> None:
    path, limited = "/v1/flows/one", HELLO | {"flow": "one"}
    assert (
        world.request("PUT", path, {"rate": {"starts": 1, "per_seconds": 1}, "concurrency": 1}).status == 201
    )
    paused = HELLO | {"rate": "1 minute", "flow": "one"}
    assert world.request("PUT", "/v1/schedules/limited", paused).status == 201
    assert world.request("POST", f"{path}/pause").status == 200
    soon = {"deadline": rfc3339(world.clock.now() + MINUTE)}
    assert world.request("POST", "/v1/jobs", limited | soon).status == 202
    first, second, third = (world.request("POST", "/v1/jobs", limited).json["job_id"] for _ in range(3))
    world.work()
    for asked in (path, "/v1/flows", f"/v1/jobs/{second}"):
        assert world.request("GET", asked).status == 200
    assert world.request("POST", f"/v1/jobs/{third}/cancel").status == 202
    # What jobs leave that operators have deleted. The sweeper and the worker look at it.
    pk = flow_rows.flow_key(FlowKey("acme", "one"))["pk"]
    gone = {"pk": pk, **{name: {"S": "acme"} for name in ("job_id", "org", "written_by")}}
    world.engine._table.call("put_item", Item=gone | {"sk": {"S": "SLOT#0009"}})
    world.clock.advance(2 * MINUTE)
    world.sweep()
    world.engine._table.call("put_item", Item=gone | {"sk": {"S": f"WAIT#{0:015}#{first}x"}})
    assert world.request("POST", f"{path}/resume").status == 200
    world.work()
    world.pass_time(minutes=3)
    assert world.request("GET", f"/v1/jobs/{first}").json["status"] == "completed"
    assert world.request("DELETE", "/v1/schedules/limited").status == 204
    world.fate = "fails"
    assert world.request("POST", "/v1/jobs", limited).status == 202
    world.pass_time(minutes=1)
    assert world.request("DELETE", path).status == 204


def _send_files(world: Deployment) -> None:
    letter = job_type("letter", input=Letter, result=Parcel)
    handlers = {**world.handlers, "letter": copied}
    world.rebuild(catalog=Catalog([*world.engine.catalog.versions, letter]), find_handler=handlers.get)
    asked = world.request("POST", "/v1/uploads", {"content_type": "text/csv", "size": len(TEXT)}).json
    assert requests.put(asked["url"], TEXT, headers=asked["headers"], timeout=5).status_code == 200
    given = {"file": {"upload_id": asked["upload_id"]}}
    accepted = world.request("POST", "/v1/jobs", {"type": "letter", "input": given})
    world.work()
    [file] = world.request("GET", accepted.headers["Location"]).json["result"]["files"]
    assert world.request("GET", file["url"]).status == 303


def _retry(world: Deployment, failed: str) -> None:
    """Retry jobs with inputs of both sizes: by requests, and by a bulk job. Cancel others in bulk."""
    world.rebuild(catalog=Catalog([*world.engine.catalog.versions, BULK]))
    world.fate = "fails"
    for number in range(2):
        world.request("POST", "/v1/jobs", HELLO | {"input": {"text": LONG + str(number)}})
        world.work()
    jobs = world.request("GET", "/v1/jobs", query="status=failed&limit=1").json["jobs"]
    for job_id in (failed, jobs[0]["job_id"]):
        assert world.request("POST", f"/v1/jobs/{job_id}/retry").status == 202
    for action in ("retry", "cancel"):
        world.request("POST", "/v1/bulk", {"action": action, "filter": {}})
        world.work()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_allows_every_call_of_its_function(function: str, needed: dict[str, list[Access]]) -> None:
    assert needed[function]
    assert refusals(grants(function), needed[function]) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_makes_use_of_all_that_its_role_allows(
    function: str, needed: dict[str, list[Access]]
) -> None:
    unused = {
        (grant.action, grant.resource, prefix)
        for grant in grants(function)
        if grant.action.startswith(STORES)
        for prefix in grant.prefixes
        if not grant.is_used(prefix, by=needed[function])
    }

    assert unused - FORMER == set()


def alone(operation: str, pk: str) -> list[Access]:
    name = "Item" if operation == "PutItem" else "Key"
    return accesses("dynamodb", operation, {name: {"pk": {"S": pk}}})


def together(kind: str, pk: str) -> list[Access]:
    """Return what a transaction of a job's row and another row needs."""
    job = {"Put": {"Item": {"pk": {"S": "JOB#1"}}}}
    other = {kind: {"Item" if kind == "Put" else "Key": {"pk": {"S": pk}}}}
    return accesses("dynamodb", "TransactWriteItems", {"TransactItems": [job, other]})


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("secret", ["KEY#1", "SECRET#acme"])
def test_no_function_can_write_a_key_or_a_signing_secret(function: str, secret: str) -> None:
    tried = [alone(operation, secret) for operation in ("PutItem", "UpdateItem", "DeleteItem")]
    tried += [together(kind, secret) for kind in ("Put", "Update", "Delete")]

    assert [each for each in tried if not refusals(grants(function), each)] == []


@pytest.mark.parametrize(
    ("function", "operation", "pk"),
    [
        ("GetJob", "GetItem", "SECRET#acme"),
        ("GetJob", "GetItem", "IDEM#acme#1"),
        ("GetJob", "UpdateItem", "ORG#acme"),
        ("GetJob", "PutItem", "JOB#1"),
        # A schedule or an org's document; credits without the job that is charged.
        ("Worker", "PutItem", "ORG#acme"),
        ("Worker", "UpdateItem", "ORG#acme"),
        ("Worker", "GetItem", "KEY#1"),
        ("Worker", "GetItem", "ORG#acme"),
        ("Worker", "DeleteItem", "JOB#1"),
        ("Sweeper", "UpdateItem", "ORG#acme"),
        ("Sweeper", "GetItem", "KEY#1"),
        ("Sweeper", "GetItem", "SECRET#acme"),
        ("Sweeper", "DeleteItem", "ORG#acme"),
        ("SubmitJob", "UpdateItem", "ORG#acme"),
        ("SubmitJob", "DeleteItem", "JOB#1"),
    ],
)
def test_a_role_refuses(function: str, operation: str, pk: str) -> None:
    assert refusals(grants(function), alone(operation, pk))


@pytest.mark.parametrize(
    ("function", "key"),
    [
        # Inputs and uploads can have credentials.
        ("GetJob", "input/4/org/1-a.json"),
        ("GetJob", "uploads/org/1"),
        ("Worker", "result/org/1-a.json"),
        ("SubmitJob", "result/org/1-a.json"),
        ("Sweeper", "input/4/org/1-a.json"),
    ],
)
def test_a_role_reads_no_object_that_its_function_does_not_read(function: str, key: str) -> None:
    assert refusals(grants(function), accesses("s3", "GetObject", {"Key": key}))
