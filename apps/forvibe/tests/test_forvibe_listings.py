"""A project's stored listings, and the jobs about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from apps.forvibe.tests.world import LISTINGS, LOCALIZE, SIMULATE, ForvibeWorld, Page, rich
from claimcheck.domain.keys import READ
from claimcheck.http.contract import BODY_LIMIT
from claimcheck.testing import MemoryDocumentStore
from tests.kit.described import Failing, error_of
from tests.kit.world import World, job_type

if TYPE_CHECKING:
    from tests.kit.world import Answer

ENGLISH = {"name": "Trail Ledger"}
GERMAN = {"name": "Wegbuch", "keywords": "wandern,karten"}


def put(world: World, locale: str, body: Any, project: str = "p-1", **more: Any) -> Answer:
    return world.request("PUT", f"/api/v1/projects/{project}/listings/{locale}", body, **more)


def simulated(world: ForvibeWorld, body: Any, project: str = "p-1") -> Any:
    """Return the listings that the handler of a simulation got."""
    world.accept(f"/api/v1/projects/{project}/simulations/metadata", body)
    world.work()
    page = world.given[-1]
    assert page.project_id == project
    return {locale: each.model_dump(exclude_none=True) for locale, each in page.listings.items()}


def localized(world: ForvibeWorld, body: Any) -> Any:
    world.accept(LOCALIZE, {"locales": ["ja"]} | body)
    world.work()
    return world.given[-1].listing.model_dump(exclude_none=True)


def errors(answer: Answer) -> list[tuple[str, str]]:
    assert error_of(answer) == (422, "invalid_fields")
    return [(each.get("pointer", each.get("parameter")), each["message"]) for each in answer.json["errors"]]


def test_a_stored_listing_is_read_as_it_was_put_until_the_next_replaces_it() -> None:
    world = ForvibeWorld()
    first = put(world, "en-US", {"name": "Caf\u00e9 \U0001f642", "keywords": None})
    read = world.request("GET", f"{LISTINGS}/en-US")
    put(world, "en-US", ENGLISH)

    assert (first.status, read.status) == (200, 200)
    assert first.json == read.json == {"name": "Caf\u00e9 \U0001f642", "keywords": None}
    assert world.request("GET", f"{LISTINGS}/en-US").json == ENGLISH


def test_a_project_s_listings_are_listed_by_locale() -> None:
    world = rich()
    put(world, "de-DE", {})

    assert world.request("GET", LISTINGS).json == {
        "project_id": "p-1",
        "listings": [
            {"locale": "de-DE", "name": None, "url": f"{LISTINGS}/de-DE"},
            {"locale": "en-US", "name": "Trail Ledger", "url": f"{LISTINGS}/en-US"},
        ],
    }


def test_a_simulation_without_a_listing_is_of_all_that_the_project_has_stored() -> None:
    world = rich()
    put(world, "de-DE", GERMAN)

    assert simulated(world, {}) == {"de-DE": GERMAN, "en-US": ENGLISH}


def test_other_fields_of_the_body_stay() -> None:
    world = rich()

    assert simulated(world, {"codebase": "code"}) == {"en-US": ENGLISH}
    assert world.given[-1].codebase == "code"


def test_a_job_is_about_what_was_stored_when_it_was_accepted() -> None:
    world = rich()
    world.accept(SIMULATE, {})
    put(world, "en-US", {"name": "Renamed"})
    world.work()

    assert world.given[-1].listings["en-US"].name == "Trail Ledger"


def test_listings_in_the_body_go_before_stored_ones() -> None:
    assert simulated(rich(), {"listings": {"de-DE": GERMAN}}) == {"de-DE": GERMAN}
    assert localized(rich(), {"listing": {"name": "Given"}}) == {"name": "Given"}


@pytest.mark.parametrize(("given", "locale"), [({}, "en-US"), ({"locale": "de-DE"}, "de-DE")])
def test_one_listing_in_the_body_can_have_its_locale(given: dict[str, str], locale: str) -> None:
    assert simulated(rich(), {"listing": GERMAN} | given) == {locale: GERMAN}


def test_a_localization_without_a_listing_is_of_the_stored_one_in_its_source_locale() -> None:
    world = rich()
    put(world, "de-DE", GERMAN)

    assert localized(world, {}) == ENGLISH
    assert localized(world, {"source_locale": "de-DE"}) == GERMAN


@pytest.mark.parametrize("path", [SIMULATE, LOCALIZE])
def test_without_anything_stored_the_answer_says_how_to_store_it(path: str) -> None:
    world = ForvibeWorld()
    world.add(1000)
    put(world, "de-DE", GERMAN, project="p-2")
    field, locale = ("listings", "{locale}") if path == SIMULATE else ("listing", "en-US")

    found = errors(world.request("POST", path, {"locales": ["ja"], "colour": "red"}))

    assert found[0][0] == f"/{field}"
    assert found[0][1].endswith(f": PUT /api/v1/projects/p-1/listings/{locale} to store one")
    assert "/colour" in [pointer for pointer, _ in found]
    assert [pointer for pointer, _ in found].count(f"/{field}") == 1


def test_a_locale_that_is_not_stored_is_named() -> None:
    [(pointer, message)] = errors(
        rich().request("POST", LOCALIZE, {"source_locale": "ja", "locales": ["en-US"]})
    )

    assert (pointer, "no stored listing for ja" in message) == ("/listing", True)


@pytest.mark.parametrize("source", [1, None, "en#US", "x" * 36])
def test_a_source_must_be_a_locale(source: Any) -> None:
    found = errors(rich().request("POST", LOCALIZE, {"source_locale": source, "locales": ["ja"]}))

    assert [pointer for pointer, _ in found] == ["/source_locale", "/listing"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"listing": {"name": 1, "colour": "red"}}, ["/listing/name", "/listing/colour"]),
        ({"listing": [], "locale": "de-DE"}, ["/listing"]),
        ({"listing": None}, ["/listing"]),
        ({"listing": {}, "locale": "xx"}, ["/locale"]),
        ({"listing": {"name": 1}, "locale": "a/b"}, ["/locale", "/listing/name"]),
        ({"listing": {}, "locale": ["en-US"]}, ["/locale"]),
        ({"listing": {}, "codebase": 1}, ["/codebase"]),
        ({"listing": {}, "listings": {"en-US": {}}}, ["/listing"]),
        ({"listings": {"en-US": {}}, "locale": "en-US"}, ["/locale"]),
        ({"listings": {"xx": {}}}, ["/listings/xx"]),
        ({"listings": {}}, ["/listings"]),
        ({"listings": None}, ["/listings"]),
    ],
)
def test_errors_of_a_listing_are_reported_at_their_place_in_the_body(body: Any, pointers: list[str]) -> None:
    assert [pointer for pointer, _ in errors(rich().request("POST", SIMULATE, body))] == pointers


@pytest.mark.parametrize("project", ["a.b", "a%23b", "a%252Fb", "x" * 65, "%C3%A9", "a%0A"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "listings/en-US"),
        ("GET", "listings"),
        ("GET", "listings/en-US"),
        ("POST", "simulations/metadata"),
        ("POST", "listings/localize"),
    ],
)
def test_an_invalid_project_id_is_refused_everywhere(method: str, path: str, project: str) -> None:
    answer = rich().request(method, f"/api/v1/projects/{project}/{path}", {})

    assert errors(answer) == [("project_id", "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]


def test_projects_and_orgs_with_the_same_beginning_never_meet() -> None:
    world = rich()
    for project in ("p", "p-", "p-11", "P-1"):
        put(world, "de-DE", {"name": project}, project=project)
    globex = world.key("globex", dialect="forvibe")
    put(world, "ja", {"name": "Globex's"}, key=globex)

    assert simulated(world, {}) == {"en-US": ENGLISH}
    assert simulated(world, {}, project="p") == {"de-DE": {"name": "p"}}
    assert world.request("GET", f"{LISTINGS}/ja").status == 404
    assert [each["locale"] for each in world.request("GET", LISTINGS, key=globex).json["listings"]] == ["ja"]


@pytest.mark.parametrize("locale", ["de-DE", "en", "en-us", "EN-US", "en%23US", "xx", "x" * 2000, "%00"])
def test_a_locale_that_is_not_there_is_not_found(locale: str) -> None:
    assert error_of(rich().request("GET", f"{LISTINGS}/{locale}")) == (404, "document_not_found")


@pytest.mark.parametrize("locale", ["x" * 2000, "en%23US", "%00"])
def test_an_invalid_locale_is_not_looked_up(locale: str) -> None:
    world = ForvibeWorld(documents=Failing(MemoryDocumentStore(), "find", RuntimeError("a key too long")))

    assert world.request("GET", f"{LISTINGS}/{locale}").status == 404


def test_an_unknown_project_has_no_listings() -> None:
    answer = rich().request("GET", "/api/v1/projects/unknown/listings")

    assert answer.json == {"project_id": "unknown", "listings": []}


@pytest.mark.parametrize(
    ("locale", "body", "where"),
    [
        ("xx-XX", {}, ["locale"]),
        ("en-us", {}, ["locale"]),
        ("a%252Fb", {}, ["locale"]),
        ("xx", {"name": 1}, ["locale", "/name"]),
        ("en-US", {"colour": "red", "name": 1}, ["/name", "/colour"]),
        ("en-US", [], [""]),
    ],
)
def test_only_a_listing_in_a_known_locale_is_stored(locale: str, body: Any, where: list[str]) -> None:
    world = ForvibeWorld()

    assert [place for place, _ in errors(put(world, locale, body))] == where
    assert world.documents.find("acme", "listing") == {}


def test_a_listing_has_at_most_256_kib() -> None:
    world = ForvibeWorld()
    body = b'{"name": "Trail Ledger"}'

    assert put(world, "en-US", body.ljust(256 * 1024)).status == 200
    refused = put(world, "en-US", body.ljust(256 * 1024 + 1))
    assert error_of(refused) == (413, "body_too_large")
    assert refused.json["error"]["message"] == "A listing is at most 256 KiB (262,144 bytes)."


def test_stored_listings_of_more_than_a_body_holds_are_too_much_for_one_job() -> None:
    world = rich()
    for locale in ("en-US", "de-DE", "ja"):
        assert put(world, locale, b'{"name": "%s"}' % ("\u8a9e" * 80_000).encode()).status == 200
    assert world.request("POST", SIMULATE, {}).status == 202
    # As if these job types knew more locales.
    for number in range(2):
        world.documents.put("acme", "listing", f"p-1#{number}", '{"name":"%s"}' % ("x" * 200_000))

    [(pointer, message)] = errors(world.request("POST", SIMULATE, {}))

    assert pointer == "/listings"
    assert f"have 1,120,055 bytes, over the limit of {BODY_LIMIT:,}" in message


def test_storing_needs_the_scope_to_write() -> None:
    world = ForvibeWorld()
    reader = world.key("acme", dialect="forvibe", scopes=(READ,))

    assert error_of(put(world, "en-US", ENGLISH, key=reader)) == (403, "missing_scope")
    assert world.request("GET", LISTINGS, key=reader).status == 200


def test_where_no_job_type_takes_listings_any_object_is_one() -> None:
    world = World(job_types=[job_type("another_contract_s", input=Page)])

    assert put(world, "xx", {"colour": "red"}).json == {"colour": "red"}
    assert put(world, "xx", []).status == 422
