"""Rules for all dialects: which one answers, and in which form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from claimcheck.canonical import endpoints as canonical
from claimcheck.domain.errors import JobNotFound
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http.contract import Dialect, Response, Route
from claimcheck.http.submissions import show_job
from claimcheck.installed import dialects
from tests.kit.world import Echo, World, job_type

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.domain.job import Job
    from claimcheck.http.contract import Call, Request

UNKNOWN = "00000000-0000-7000-8000-000000000001"


def dialect(name: str, precedence: int = 2) -> Dialect:
    """Return a dialect that starts every answer with its name, and shares `/shared/{job_id}` with others."""

    def say(status: int, word: str) -> Response:
        return Response.json(status, {"says": name, "word": word})

    def accept(job_type: JobType, call: Call) -> Response:
        from claimcheck.http.submissions import accept, draft_of

        accepted = accept(call, lambda body: draft_of(call, job_type, body))
        return say(202, accepted.job.job_id)

    def show(call: Call, job: Job) -> Response:
        return say(200, job.type)

    def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
        return say(status, error.code)

    return Dialect(
        name=name,
        precedence=precedence,
        key_prefix=name,
        routes=(
            Route("GET", "/shared/{job_id}", show_job, READ),
            Route("GET", f"/{name}/{{job_id}}", show_job, READ),
        ),
        secret=canonical.secret,
        accept=accept,
        show=show,
        problem=problem,
    )


SOUTH, NORTH = dialect("south", 1), dialect("north")
TYPES = [job_type(name) for name in ("south", "north")]
ENDPOINTS = {name: {f"/{name}": name} for name in ("south", "north")}


def shared() -> World:
    return World(
        job_types=[job_type(), *TYPES],
        handlers={},
        dialects=(canonical.DIALECT, SOUTH, NORTH),
        endpoints=ENDPOINTS,
    )


def submit(world: World, name: str) -> str:
    return str(world.request("POST", f"/{name}", {"text": "x"}).json["word"])


@pytest.mark.parametrize("maker", ["south", "north"])
@pytest.mark.parametrize("reader", ["south", "north", "canonical"])
def test_a_job_on_a_shared_path_is_shown_by_the_dialect_that_made_it(maker: str, reader: str) -> None:
    world = shared()
    job_id = submit(world, maker)

    answer = world.request("GET", f"/shared/{job_id}", key=world.key("acme", dialect=reader))

    assert answer.json == {"says": maker, "word": maker}


def test_a_job_of_the_canonical_dialect_stays_canonical_there() -> None:
    world = shared()

    answer = world.request("GET", f"/shared/{world.submit()}")

    assert answer.json["type"] == "echo"


def test_a_job_whose_dialect_is_gone_is_shown_by_the_canonical_one() -> None:
    world = shared()
    job_id = submit(world, "north")

    later = World(store=world.store, keys=world.keys, dialects=(canonical.DIALECT, SOUTH))

    assert later.request("GET", f"/shared/{job_id}").json["job_id"] == job_id


@pytest.mark.parametrize("reader", ["south", "north"])
def test_an_unknown_job_is_answered_in_the_dialect_of_the_key(reader: str) -> None:
    world = shared()

    answer = world.request("GET", f"/shared/{UNKNOWN}", key=world.key("acme", dialect=reader))

    assert answer.status == 404
    assert answer.json == {"says": reader, "word": "job_not_found"}


def test_a_key_of_a_dialect_without_the_path_gets_its_own_dialects_answer() -> None:
    world = shared()

    answer = world.request("GET", f"/shared/{UNKNOWN}", key=world.key("acme"))

    assert answer.json["code"] == "job_not_found"


@pytest.mark.parametrize("authorization", ["", "Bearer nobody", "Bearer north_live_unknown"])
def test_an_unknown_caller_is_answered_by_the_lowest_precedence(authorization: str) -> None:
    answer = shared().request("GET", f"/shared/{UNKNOWN}", authorization=authorization)

    assert answer.status == 401
    assert answer.json["says"] == "south"


def test_an_exceeded_limit_is_answered_in_the_dialect_of_the_key() -> None:
    world = shared()
    key = world.key("acme", dialect="north", limit=1)
    world.request("GET", f"/shared/{UNKNOWN}", key=key)

    answer = world.request("GET", f"/shared/{UNKNOWN}", key=key)

    assert answer.json == {"says": "north", "word": "rate_limited"}


def test_a_wrong_method_is_answered_by_a_dialect_of_the_path() -> None:
    answer = shared().request("PATCH", "/north")

    assert answer.json == {"says": "north", "word": "method_not_allowed"}
    assert answer.headers["Allow"] == "POST"


def test_an_unknown_path_is_answered_by_the_canonical_dialect() -> None:
    answer = shared().request("GET", "/west")

    assert answer.json["code"] == "route_not_found"


def test_a_dialect_has_its_own_statuses_and_a_child_its_parent_s() -> None:
    teapot = SOUTH._replace(statuses={JobNotFound: 418})
    world = World(dialects=(canonical.DIALECT, teapot))
    other = world.submit()

    unknown = world.request("GET", f"/south/{UNKNOWN}")
    others = world.request("GET", f"/south/{other}", key=world.key("globex"))

    assert (unknown.status, others.status) == (418, 418)


def test_two_endpoints_of_one_dialect_on_one_path_stop_the_start() -> None:
    with pytest.raises(ValueError, match="more than one endpoint at POST /v1/jobs"):
        World(endpoints={"canonical": {"/v1/jobs": "echo"}})


def test_a_job_type_of_the_canonical_dialect_can_have_an_endpoint_too() -> None:
    world = World(endpoints={"canonical": {"/v1/echoes/{text}": "echo"}})

    accepted = world.request("POST", "/v1/echoes/hello", {"times": 2})
    world.work()
    answer = world.request("GET", accepted.json["poll_url"])

    assert accepted.status == 202
    assert answer.json["result"] == {"text": "hellohello"}


def test_a_literal_path_has_precedence_over_a_parameter() -> None:
    plain = Route("GET", "/south/newest", lambda call: Response.json(200, "newest"), READ)
    world = World(dialects=(canonical.DIALECT, SOUTH._replace(routes=(*SOUTH.routes, plain))))

    assert world.request("GET", "/south/newest").json == "newest"


def test_a_submission_at_an_endpoint_needs_the_scope_to_write() -> None:
    world = shared()

    answer = world.request("POST", "/south", {"text": "x"}, key=world.key("acme", scopes=(READ,)))

    assert answer.json == {"says": "south", "word": "missing_scope"}
    assert WRITE not in answer.text


def test_no_two_dialects_answer_strangers_on_the_same_path_by_chance() -> None:
    paths: dict[str, list[int]] = {}
    for each in dialects():
        for path in {route.path for route in each.routes}:
            paths.setdefault(path, []).append(each.precedence)

    shared = {path: found for path, found in paths.items() if len(found) > 1}

    assert all(found.count(min(found)) == 1 for found in shared.values()), shared


@pytest.mark.parametrize("name", [each.name for each in dialects()])
def test_a_result_that_is_shown_fits_into_a_function_s_answer(name: str) -> None:
    """At most 6 MB of JSON (AWS Lambda Developer Guide, "Lambda quotas"), in which the body is a string."""
    quoted = job_type("quoted")
    world = World(
        job_types=[quoted],
        handlers={"quoted": lambda given, job: Echo(text='"' * 1_250_000)},
        endpoints={name: {"/quoted": "quoted"}},
    )
    accepted = world.request("POST", "/quoted", {"text": "x"}, x_api_key=world.acme)
    world.work()

    path = accepted.headers["Location"]
    answer = world.request("GET", path, x_api_key=world.acme)
    event = {"statusCode": answer.status, "headers": answer.headers, "body": answer.text}

    assert answer.status == 200
    # The canonical dialect shows the URL of such a result.
    assert len(answer.text) > 2_000_000 or "result_url" in answer.text
    assert len(json.dumps(event)) <= 6 * 1024 * 1024
