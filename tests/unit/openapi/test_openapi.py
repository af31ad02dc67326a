"""The API's description is valid, complete, and made of what is served."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring.catalog import Catalog, JobModel
from claimcheck.build.__main__ import main
from claimcheck.build.description import describe
from claimcheck.canonical import endpoints as canonical
from claimcheck.domain import errors
from claimcheck.http.contract import STATUSES
from claimcheck.http.routing import routes_of
from claimcheck.installed import ENDPOINTS, dialects, load_catalog
from claimcheck.service.reader import JobFilter
from tests.kit.described import Description, description
from tests.kit.installed import CATALOG, openapi_document
from tests.kit.valid_openapi import mistakes
from tests.kit.world import World, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.domain.errors import ClaimcheckError

# Used between engine and store. The API shows them only as an internal error.
INTERNAL = {
    errors.Conflict,
    errors.KeyTaken,
    errors.NameTaken,
    errors.SlotTaken,
    errors.UnsupportedLanguage,
}
HELLO = {"type": "echo", "input": {"text": "hello"}}


@pytest.fixture
def shipped() -> dict[str, Any]:
    return openapi_document()


def test_the_document_is_valid_openapi_3_1(shipped: dict[str, Any]) -> None:
    found = mistakes(shipped)

    assert found == []
    assert shipped["openapi"].startswith("3.1.")


def test_a_mistake_in_a_schema_is_found(shipped: dict[str, Any]) -> None:
    document = copy.deepcopy(shipped)
    document["components"]["schemas"]["Job"] = {"properties": {"status": {"type": "strin"}}}

    [mistake] = mistakes(document)

    assert "strin" in str(mistake)


def test_the_document_is_valid_without_any_job_type() -> None:
    document = describe([canonical.DIALECT], Catalog([]))

    assert mistakes(document) == []
    assert document["components"]["schemas"]["Submission"]["not"] == {}


def test_the_command_prints_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    main(["openapi"])

    assert json.loads(capsys.readouterr().out) == describe(dialects(), load_catalog())


def test_every_route_is_described(shipped: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, ways in shipped["paths"].items() for method in ways}

    assert described == {
        (route.method, route.path)
        for dialect in dialects()
        for route in routes_of(dialect, ENDPOINTS.get(dialect.name, {}))
    }


def test_every_path_names_the_answer_to_another_method(shipped: dict[str, Any]) -> None:
    world, read = World(job_types=list(load_catalog())), Description(shipped)
    for path, operations in shipped["paths"].items():
        answer = world.request("PATCH", path)
        [reported] = {operation["responses"]["405"]["$ref"] for operation in operations.values()}
        described = shipped["components"]["responses"][reported.rpartition("/")[2]]

        assert answer.status == 405
        assert {method.upper() for method in operations} <= set(answer.headers["Allow"].split(", "))
        read.validate(described["content"][answer.headers["Content-Type"]]["schema"], answer.json)


def test_a_path_that_shows_any_job_is_described_with_every_form(shipped: dict[str, Any]) -> None:
    """One job of each dialect, read with a key of each: every form appears."""
    world, read = World(), Description(shipped)
    path = "/api/v1/jobs/{job_id}"
    if path not in shipped["paths"]:
        pytest.skip("no app here has a path that shows the jobs of all dialects")
    responses = shipped["paths"][path]["get"]["responses"]
    kinds = set()
    for dialect in dialects():
        key = world.key("acme", dialect=dialect.name)
        job_id = world.randomness.job_id(world.clock.now())
        world.store.insert(world.job(world.submit()).evolve(job_id=job_id, dialect=dialect.name), None, None)
        for wanted in (job_id, "no-uuid", "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"):
            answer = world.request("GET", path.replace("{job_id}", wanted), key=key)
            media = responses[str(answer.status)]["content"][answer.headers["Content-Type"]]
            read.validate(media["schema"], answer.json)
            kinds.add((answer.status, *sorted(answer.json)))

    assert {status for status, *_ in kinds} == {200, 400, 404}
    assert len(kinds) == 3 * len(dialects())


def tree(kind: type[ClaimcheckError]) -> Iterator[type[ClaimcheckError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from tree(child)


def test_every_error_has_a_status_and_a_code_of_its_own() -> None:
    kinds = [kind for kind in tree(errors.ClaimcheckError) if kind is not errors.ClaimcheckError]

    assert {kind for kind in kinds if not issubclass(kind, tuple(STATUSES))} == INTERNAL
    # Except in one dialect, another org's job is an unknown one.
    assert len({kind.code for kind in kinds}) == len(set(kinds) - {errors.OtherOrgsJob})
    assert all(canonical.DIALECT.status_of(kind) >= 400 for kind in kinds if kind not in INTERNAL)


def test_every_error_that_can_be_met_is_described(shipped: dict[str, Any]) -> None:
    described = {
        code
        for answer in shipped["components"]["responses"].values()
        for content in answer["content"].values()
        for code in content["examples"]
    }
    # The other parents are only base classes.
    met = {kind for kind in tree(errors.ClaimcheckError) if not kind.__subclasses__()} - INTERNAL
    met |= {errors.RateLimited, errors.Unavailable, errors.Unauthenticated}
    # An app's documents are read through its own dialect.
    apps_own = {errors.DocumentNotFound.code}

    assert described | apps_own == {kind.code for kind in met} | apps_own


def test_a_submission_is_a_union_of_the_job_types_on_type(shipped: dict[str, Any]) -> None:
    schemas = shipped["components"]["schemas"]
    union = schemas["Submission"]
    variant = schemas["ErrandSubmission"]

    assert union["discriminator"]["propertyName"] == "type"
    assert set(union["discriminator"]["mapping"]) == set(CATALOG.names)
    assert variant["properties"]["type"] == {"const": "errand"}
    assert variant["properties"]["input"] == {"$ref": "#/components/schemas/ErrandInput"}
    assert variant["description"].startswith("Costs credits. By default")
    assert schemas["ErrandInput"]["properties"]["text"]["maxLength"] == 50


def test_a_job_is_a_union_on_status_whose_result_is_one_of_the_job_types(shipped: dict[str, Any]) -> None:
    schemas = shipped["components"]["schemas"]
    union = schemas["Job"]["discriminator"]
    results = {each["$ref"].rpartition("/")[2] for each in schemas["Result"]["anyOf"]}

    assert union["propertyName"] == "status"
    assert list(union["mapping"]) == ["completed", "failed", "pending", "processing"]
    assert schemas["CompletedJob"]["properties"]["result"] == {"$ref": "#/components/schemas/Result"}
    assert "ErrandResult" in results


def test_results_of_earlier_versions_stay_described() -> None:
    class Older(JobModel):
        words: int

    document = describe(dialects(), Catalog([job_type(result=Older), job_type(version=2)]))
    schemas = document["components"]["schemas"]

    assert schemas["Result"]["anyOf"] == [
        {"$ref": "#/components/schemas/EchoV1Result"},
        {"$ref": "#/components/schemas/EchoResult"},
    ]
    assert list(schemas["EchoV1Result"]["properties"]) == ["words"]
    assert list(schemas["EchoResult"]["properties"]) == ["text"]


def test_every_example_is_what_its_schema_says(shipped: dict[str, Any]) -> None:
    read = Description(shipped)
    checked = 0
    for media in medias(shipped):
        for example in media.get("examples", {}).values():
            read.validate(media["schema"], example["value"])
            checked += 1

    assert checked > 30


def medias(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    operations = [operation for ways in document["paths"].values() for operation in ways.values()]
    answers = [answer for operation in operations for answer in operation["responses"].values()]
    bodies = [operation["requestBody"] for operation in operations if "requestBody" in operation]
    for each in [*answers, *bodies, *document["components"]["responses"].values()]:
        yield from each.get("content", {}).values()


def test_every_operation_with_a_json_body_shows_an_example(shipped: dict[str, Any]) -> None:
    without = [media["schema"] for media in medias(shipped) if "examples" not in media]

    # The result of any job type, and this document itself.
    assert without == [{"type": "object"}]


def test_the_query_is_described_as_it_is_read(shipped: dict[str, Any]) -> None:
    parameters = shipped["paths"]["/v1/jobs"]["get"]["parameters"]

    described = {each["name"]: each["schema"] for each in parameters}
    assert list(described) == [*JobFilter._fields, "limit", "cursor", "ids"]
    assert described["limit"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}


def test_scopes_are_listed_with_the_operations_that_need_them(shipped: dict[str, Any]) -> None:
    paths = shipped["paths"]

    assert paths["/v1/jobs"]["post"]["security"] == [{"bearer": ["jobs:write"]}, {"api_key": ["jobs:write"]}]
    assert paths["/v1/jobs"]["get"]["security"] == [{"bearer": ["jobs:read"]}, {"api_key": ["jobs:read"]}]
    assert paths["/health"]["get"]["security"] == []


@pytest.mark.parametrize(
    "body",
    [
        HELLO,
        HELLO | {"run_at": "2026-06-21T12:00:00+02:00", "deadline": None},
        HELLO | {"retention_seconds": 60},
        HELLO | {"metadata": {"a" * 40: "b" * 500}},
        HELLO | {"metadata": {"a" * 41: "b"}},
        HELLO | {"metadata": {"": "b"}},
        HELLO | {"metadata": {"a[b]": "c"}},
        HELLO | {"metadata": {"a": "b" * 501}},
        HELLO | {"metadata": {str(i): "" for i in range(51)}},
        HELLO | {"retention_seconds": 59},
        HELLO | {"retention_seconds": "60"},
        HELLO | {"run_at": "tomorrow"},
        HELLO | {"colour": "red"},
        HELLO | {"type": "unknown"},
        HELLO | {"input": {"text": 1}},
        HELLO | {"input": {}},
        HELLO | {"input": None},
        {"type": "echo"},
        [],
    ],
)
def test_the_schema_of_a_submission_accepts_what_the_api_accepts(body: Any) -> None:
    answer = World().request("POST", "/v1/jobs", body)

    assert answer.status in (202, 422)
    assert description().accepts("Submission", body) == (answer.status == 202)
