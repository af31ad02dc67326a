"""Forvibe's paths give every answer that the API's description lists, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from apps.forvibe import dialect as forvibe
from apps.forvibe.tests.world import (
    JOBS,
    LISTINGS,
    LOCALIZE,
    SIMULATE,
    SIMULATIONS,
    ForvibeWorld,
    description,
    rich,
)
from claimcheck.authoring.catalog import Catalog
from claimcheck.build.description import describe
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.domain.keys import READ, WRITE
from claimcheck.domain.outcome import Fail
from claimcheck.http.contract import BODY_LIMIT
from claimcheck.installed import load_catalog
from claimcheck.testing import MemoryJobStore, MemoryKeyStore
from tests.kit.described import Failing
from tests.kit.flows import full_flow
from tests.kit.valid_openapi import mistakes
from tests.kit.world import World, echo, job_type

if TYPE_CHECKING:
    from tests.kit.described import Seen

UNKNOWN = "00000000-0000-7000-8000-000000000001"
PAGE = {"listing": {"name": "Trail Ledger"}}
TEXTS = PAGE | {"locales": ["ja"]}
# One request of each operation.
REQUESTS: list[tuple[str, str, Any]] = [
    ("POST", SIMULATE, PAGE),
    ("POST", LOCALIZE, TEXTS),
    ("GET", f"{JOBS}/{UNKNOWN}", None),
    ("GET", f"{SIMULATIONS}/{UNKNOWN}", None),
    ("PUT", f"{LISTINGS}/en-US", {}),
    ("GET", LISTINGS, None),
    ("GET", f"{LISTINGS}/ja", None),
    ("GET", "/api/v1/credits", None),
    ("GET", "/api/v1/credits/ledger", None),
]


def ask_everything(world: ForvibeWorld, key: str | None = None, **headers: str) -> None:
    for method, path, body in REQUESTS:
        world.request(method, path, body, key=key, **headers)


def meet_admission() -> set[Seen]:
    world = ForvibeWorld()
    ask_everything(world, authorization="Bearer unknown")
    ask_everything(world, authorization="")
    for scope in (READ, WRITE):
        ask_everything(world, world.key("acme", dialect="forvibe", scopes=(scope,)))
    tired = world.key("acme", dialect="forvibe", limit=1)
    world.request("GET", "/api/v1/credits", key=tired)
    ask_everything(world, tired)
    return world.seen


def meet_faults() -> set[Seen]:
    worlds = [
        ForvibeWorld(keys=Failing(MemoryKeyStore(), "api_key", fault))
        for fault in (RuntimeError("the secret text of a bug"), Unavailable())
    ]
    worlds.append(ForvibeWorld(store=Failing(MemoryJobStore(), "insert", OutcomeUnknown())))
    for world in worlds:
        ask_everything(world)
    return {seen for world in worlds for seen in world.seen}


def write_in_every_way() -> set[Seen]:
    world = rich()
    writes: list[tuple[str, str, Any]] = [
        ("POST", SIMULATE, PAGE),
        ("POST", LOCALIZE, TEXTS),
        ("PUT", f"{LISTINGS}/en-US", {}),
    ]
    flow = full_flow(world.store.flows)
    for number, (method, path, body) in enumerate(writes):
        for reported in (body, body, body | {"colour": "red"}):
            world.request(method, path, reported, idempotency_key=f"k{number}")
        world.expire()
        world.request(method, path, body, idempotency_key=f"k{number}")
        world.request(method, path, body, idempotency_key="")
        for _ in range(2):
            world.request(method, path, body, claimcheck_unique_key=f"u{number}")
        world.request(method, path, body, claimcheck_flow=flow)
        world.request(method, path, {"colour": "red"})
        world.request(method, path, b"{")
        world.request(method, path, b"{}", content_type="text/plain")
        world.request(method, path, b" " * (BODY_LIMIT + 1))
        world.request(method, path, body, key=world.key("poor", dialect="forvibe"))
        world.request(method, path, body, key=world.key("poor", dialect="forvibe", plan="paid"))
    tired = world.key("acme", dialect="forvibe", plan="paid", daily=1)
    ask_everything(world, tired)
    ask_everything(world, tired)
    return world.seen


def read_in_every_state() -> set[Seen]:
    def work(job: Any) -> Any:
        job.progress(1, None, "started")
        read(job.job_id)
        return outcomes.pop(0)

    def read(job_id: str) -> None:
        world.read(job_id)
        world.read(job_id, SIMULATIONS)

    outcomes = [None, None, Fail("unreadable", "No.")]
    world = rich(work)
    job_ids = [world.accept(SIMULATE, {}), world.accept(LOCALIZE, TEXTS), world.accept(SIMULATE, {})]
    for _ in ("pending", "ended"):
        for job_id in job_ids:
            read(job_id)
        world.work()
    for job_id in (*job_ids, "no-uuid"):
        read(job_id)
    return world.seen


def read_listings_and_credits() -> set[Seen]:
    world = rich()
    world.add(1)
    for path in (LISTINGS, f"{LISTINGS}/en-US", "/api/v1/projects/a.b/listings"):
        world.request("GET", path)
    world.request("GET", "/api/v1/projects/a.b/listings/en-US")
    for query in ("", "limit=1", "limit=0"):
        world.request("GET", "/api/v1/credits/ledger", query=query)
    return world.seen


def test_every_answer_that_is_described_is_given_and_no_other() -> None:
    seen = meet_admission() | meet_faults() | write_in_every_way()
    seen |= read_in_every_state() | read_listings_and_credits()

    assert seen == {each for each in description().everything() if "forvibe" in each[0]}


def test_the_dialect_by_itself_is_valid_openapi_3_1() -> None:
    for catalog in (load_catalog(), Catalog([]), Catalog([job_type()])):
        document = describe([forvibe.DIALECT], catalog)

        assert mistakes(document) == []


@pytest.mark.parametrize(("union", "fields"), [("ForvibeJob", 8), ("ForvibeSimulation", 10)])
def test_every_field_of_a_row_is_promised(union: str, fields: int) -> None:
    schemas = description().document["components"]["schemas"]
    members = [schemas[each["$ref"].rpartition("/")[2]] for each in schemas[union]["oneOf"]]

    assert [len(member["required"]) for member in members] == [fields] * 4
    assert all(sorted(member["required"]) == sorted(member["properties"]) for member in members)


@pytest.mark.parametrize(
    "body",
    [
        {},
        PAGE,
        PAGE | {"locale": "de-DE"},
        PAGE | {"locale": "xx"},
        PAGE | {"listings": {"en-US": {}}},
        {"locale": "de-DE"},
        {"listing": None},
        {"listing": {"name": 1}},
        {"listings": {"en-US": {}, "ja": {"name": "A"}}},
        {"listings": {"xx": {}}},
        {"listings": {}},
        {"listings": None},
        {"codebase": "code"},
        {"codebase": 1},
        {"project_id": "p-1"},
        {"colour": "red"},
        [],
    ],
)
def test_the_schema_of_a_simulation_accepts_what_the_api_accepts(body: Any) -> None:
    answer = rich().request("POST", SIMULATE, body)

    assert answer.status in (202, 422)
    assert description().accepts("ForvibeReviewSimulationBody", body) == (answer.status == 202)


@pytest.mark.parametrize(
    "body",
    [
        TEXTS,
        {"locales": ["ja"]},
        {"locales": ["ja"], "source_locale": "en-US"},
        {"locales": ["ja"], "source_locale": "xx"},
        {"locales": ["xx"]},
        {"locales": []},
        {"locales": ["ja"], "listing": {"name": 1}},
        {"locales": ["ja"], "locale": "en-US"},
        {},
    ],
)
def test_the_schema_of_a_localization_accepts_what_the_api_accepts(body: Any) -> None:
    answer = rich().request("POST", LOCALIZE, body)

    assert answer.status in (202, 422)
    assert description().accepts("ForvibeListingLocalizationBody", body) == (answer.status == 202)


@pytest.mark.parametrize("body", [{}, {"name": "A"}, {"name": None}, {"name": 1}, {"colour": "red"}, []])
def test_the_schema_of_a_listing_accepts_what_can_be_stored(body: Any) -> None:
    answer = rich().request("PUT", f"{LISTINGS}/en-US", body)

    assert answer.status in (200, 422)
    assert description().accepts("ForvibeListing", body) == (answer.status == 200)


def test_free_job_types_are_not_described_as_paid() -> None:
    endpoints = {"forvibe": {"/api/v1/echoes": "echo"}}
    document = describe([forvibe.DIALECT], Catalog([job_type()]), endpoints)
    answers = document["paths"]["/api/v1/echoes"]["post"]["responses"]

    assert "402" not in answers
    assert "PlanRequired" not in answers["403"]["$ref"]


def test_a_job_type_that_is_about_no_listings_takes_just_its_input() -> None:
    plain, endpoints = job_type("plain"), {"forvibe": {"/api/v1/plain/{text}": "plain"}}
    schemas = describe([forvibe.DIALECT], Catalog([plain]), endpoints)["components"]["schemas"]
    world = World({"plain": echo}, job_types=[plain], endpoints=endpoints)
    accepted = world.request("POST", "/api/v1/plain/hello", {"times": 2})
    world.work()

    assert list(schemas["ForvibePlainBody"]["properties"]) == ["times"]
    assert world.request("GET", accepted.json["poll_url"]).json["result"] == {"text": "hellohello"}
