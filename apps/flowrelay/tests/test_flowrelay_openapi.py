"""FlowRelay's paths give every answer that the API's description lists, and no other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from apps.flowrelay.dialect import DIALECT
from apps.flowrelay.tests.world import BILLING, ask, generate, kind, poll, write
from claimcheck.authoring.catalog import Catalog
from claimcheck.build.description import describe
from claimcheck.http.contract import BODY_LIMIT
from tests.kit.described import NOWHERE, Description, ask_in_every_way
from tests.kit.flows import full_flow
from tests.kit.world import Answer, World

if TYPE_CHECKING:
    from tests.kit.described import Seen

UNKNOWN = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"
KINDS = ("handoff", "insight")
READS = [
    f"/api/v1/jobs/{UNKNOWN}",
    *(f"/api/v1/{kind}s" for kind in KINDS),
    *(f"/api/v1/{kind}s/{UNKNOWN}" for kind in KINDS),
]


@cache
def description() -> Description:
    document = describe([DIALECT], Catalog([kind(name) for name in KINDS]))
    return Description(document, "FlowRelay", ("error_code",))


class Relay(World):
    """Serves only this dialect, checks every answer against the description, and records it in `seen`."""

    def __init__(self, **changes: Any) -> None:
        about = changes.pop("about", {})
        kinds = [kind(name, **about) for name in KINDS]
        self.seen: set[Seen] = set()
        super().__init__(
            job_types=kinds, handlers=dict.fromkeys(KINDS, write), dialects=(DIALECT,), **changes
        )

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        answer = super().request(method, path, body, **more)
        self.seen.add(description().check(method, path, answer))
        return answer


def ask_everything(world: World, **more: Any) -> None:
    for path in READS:
        world.request("GET", path, **more)
    for each in KINDS:
        ask(world, each, **more)


def submit_in_every_way() -> set[Seen]:
    costly = {"price": lambda given: 10}
    worlds = [Relay(), Relay(about=costly), Relay(about={"paid_plan": True})]
    flow = full_flow(worlds[0].store.flows)
    for each in KINDS:
        for world in worlds:
            ask(world, each)
        for body in (BILLING, BILLING, BILLING | {"project": "Shipping"}):
            ask(worlds[0], each, body, idempotency_key=f"k-{each}")
        worlds[0].expire()
        ask(worlds[0], each, idempotency_key=f"k-{each}")
        ask(worlds[0], each, idempotency_key="")
        for _ in range(2):
            ask(worlds[0], each, claimcheck_unique_key=f"u-{each}")
        ask(worlds[0], each, claimcheck_flow=flow)
        ask(worlds[0], each, {})
        ask(worlds[0], each, b"{")
        ask(worlds[0], each, content_type="text/plain")
        ask(worlds[0], each, b" " * (BODY_LIMIT + 1))
    return {seen for world in worlds for seen in world.seen}


def read_in_every_state() -> set[Seen]:
    world = Relay()
    job_ids = [generate(world, wanted=wanted) for wanted in ("t", "refused", "unreachable", "huge")]
    job_ids.append(generate(world, "insight"))
    poll(world, job_ids[0])
    world.work()
    for job_id in [*job_ids, "no-uuid"]:
        poll(world, job_id)
        for each in KINDS:
            world.request("GET", f"/api/v1/{each}s/{job_id}")
    for each in KINDS:
        world.request("GET", f"/api/v1/{each}s", query="limit=1")
        world.request("GET", f"/api/v1/{each}s", query="limit=0")
    world.request("GET", "/nowhere")
    world.request("PUT", "/api/v1/handoffs")
    return world.seen


def test_every_answer_that_is_described_is_given_and_no_other() -> None:
    seen = ask_in_every_way(Relay, ask_everything) | submit_in_every_way() | read_in_every_state()

    assert seen == set(description().everything()) | NOWHERE


def test_the_schema_of_a_body_is_the_job_types_input() -> None:
    operation = description().document["paths"]["/api/v1/handoffs"]["post"]
    [body] = operation["requestBody"]["content"].values()

    assert body["schema"] == {"$ref": "#/components/schemas/HandoffBody"}
    assert description().accepts("HandoffBody", BILLING)
    assert not description().accepts("HandoffBody", BILLING | {"colour": "red"})


def test_a_result_is_one_of_what_its_job_types_make() -> None:
    schemas = description().document["components"]["schemas"]

    for name in ("FlowRelayCompleted", "FlowRelayArtifact"):
        members = [each["$ref"].rpartition("/")[2] for each in schemas[name]["properties"]["result"]["anyOf"]]

        assert members == ["HandoffResult", "InsightResult", "FlowRelayLargeResult"]


def test_a_status_goes_with_the_fields_that_it_has() -> None:
    world = Relay()
    job_id = generate(world)
    world.work()
    whole = poll(world, job_id).json

    assert description().accepts("FlowRelayJob", whole)
    for name, wrong in {"result_id": None, "error": "x", "status": "pending", "result_kind": None}.items():
        assert not description().accepts("FlowRelayJob", whole | {"job": whole["job"] | {name: wrong}})
