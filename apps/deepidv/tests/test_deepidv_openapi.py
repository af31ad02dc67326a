"""deepidv's paths give every answer that the API's description lists, and no other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from apps.deepidv import dialect as deepidv
from apps.deepidv.tests.world import ENDPOINTS, JOBS, JOHN, SCREENED, SCREENINGS, DeepidvWorld, screening
from claimcheck.authoring.catalog import Catalog
from claimcheck.build.description import describe
from claimcheck.canonical import endpoints as canonical
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.domain.keys import READ, WRITE
from claimcheck.domain.outcome import Fail
from claimcheck.http.contract import BODY_LIMIT
from tests.kit.described import Description
from tests.kit.flows import full_flow
from tests.kit.valid_openapi import mistakes
from tests.kit.world import job_type

if TYPE_CHECKING:
    from tests.kit.described import Seen
    from tests.kit.world import Answer

UNKNOWN = f"{JOBS}/{UUID(int=7)}"


@cache
def description() -> Description:
    return Description(describe([deepidv.DIALECT], Catalog([screening()]), ENDPOINTS), prefix="Deepidv")


class Watched(DeepidvWorld):
    """Checks every answer at deepidv's paths, and records it in `seen`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seen: set[Seen] = set()

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        answer = super().request(method, path, body, **more)
        if path.startswith((SCREENINGS, JOBS)):
            self.seen.add(description().check(method, path, answer))
        return answer

    def ask_both(self, **more: Any) -> None:
        self.start(**more)
        self.request("GET", UNKNOWN, **more)


def meet_admission() -> set[Seen]:
    world = Watched()
    world.ask_both(key="unknown")
    world.ask_both(key="")
    for scope in (READ, WRITE):
        world.ask_both(key=world.key("acme", scopes=(scope,)))
    for tired in (world.key("acme", limit=1), world.key("acme", daily=1)):
        world.ask_both(key=tired)
        world.ask_both(key=tired)
    return world.seen


def meet_faults() -> set[Seen]:
    seen: set[Seen] = set()
    for fault in (RuntimeError("a bug"), Unavailable()):
        for port, method in (("keys", "api_key"), ("store", "read"), ("store", "insert")):
            world = Watched()
            world.break_port(port, method, fault)
            world.ask_both()
            seen |= world.seen
    world = Watched()
    world.break_port("store", "insert", OutcomeUnknown())
    world.start()
    return seen | world.seen


def create_in_every_way() -> set[Seen]:
    world = Watched()
    for name in ("John", "John", "Jane"):
        world.start({"name": name}, idempotency_key="k")
    world.expire()
    world.start({"name": "John"}, idempotency_key="k")
    world.start(idempotency_key="")
    for _ in range(2):
        world.start(claimcheck_unique_key="u")
    world.start(claimcheck_flow=full_flow(world.store.flows))
    world.start({})
    world.start(b"{")
    world.start(b"{}", content_type="text/plain")
    world.start(b" " * (BODY_LIMIT + 1))
    world.request("PUT", SCREENINGS)
    costly, planned = Watched(price=lambda given: 5), Watched(paid_plan=True)
    costly.start()
    planned.start()
    return world.seen | costly.seen | planned.seen


def read_in_every_state() -> set[Seen]:
    def handle(given: Any, job: Any) -> Any:
        world.poll(job.job_id)
        if given.name == "Nobody":
            return Fail("no_source", "No source could be searched.")
        return SCREENED.model_copy(update={"summary": "x" * (6 * 1024 * 1024 if given.name == "Long" else 1)})

    world = Watched(handle)
    job_ids = [world.start({"name": name}).json["jobId"] for name in ("John", "Long", "Nobody")]
    for _ in range(2):
        for job_id in job_ids:
            world.poll(job_id)
            world.poll(job_id, key=world.key("umbrella"))
        world.work()
    world.poll("malformed")
    world.request("GET", UNKNOWN)
    return world.seen


def test_every_answer_that_is_described_is_given_and_no_other() -> None:
    seen = meet_admission() | meet_faults() | create_in_every_way() | read_in_every_state()

    assert seen == set(description().everything()) | {("none", 405, "method_not_allowed")}


def test_it_is_valid_alone_and_beside_the_canonical_contract() -> None:
    catalog = Catalog([screening(), screening(version=2), job_type()])

    for dialects in ([deepidv.DIALECT], [canonical.DIALECT, deepidv.DIALECT]):
        document = describe(dialects, catalog, ENDPOINTS)
        assert mistakes(document) == []


def test_a_result_is_one_of_this_contracts_job_types() -> None:
    document = describe(
        [deepidv.DIALECT], Catalog([screening(), screening(version=2), job_type()]), ENDPOINTS
    )
    shapes = document["components"]["schemas"]
    results = shapes["ReadyAsyncJob"]["properties"]["result"]["anyOf"]

    assert [each["$ref"].rpartition("/")[2] for each in results] == [
        "ScreeningV1Result",
        "ScreeningResult",
        "AsyncJobResultElsewhere",
    ]
    assert list(shapes["ScreeningResult"]["properties"])[:2] == ["totalHits", "riskLevel"]


def test_the_body_is_described_as_it_is_read() -> None:
    operation = description().document["paths"][SCREENINGS]["post"]
    [body] = operation["requestBody"]["content"].values()

    assert body["schema"] == {"$ref": "#/components/schemas/ScreeningBody"}
    assert description().accepts("ScreeningBody", JOHN)
    assert not description().accepts("ScreeningBody", JOHN | {"age": 40})
    assert operation["security"] == [{"deepidv_key": [WRITE]}]
