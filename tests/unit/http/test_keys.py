"""Authorization: keys, scopes, and refusals."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from claimcheck.domain.job import MINUTE
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http.admission import hash_key
from tests.kit.described import WatchedWorld, error_of
from tests.kit.world import World

UNKNOWN = f"/v1/jobs/{UUID(int=1)}"
SCOPED = [
    ("POST", "/v1/jobs", WRITE),
    ("GET", "/v1/jobs", READ),
    ("GET", UNKNOWN, READ),
    ("GET", f"{UNKNOWN}/result", READ),
    ("GET", f"{UNKNOWN}/executions", READ),
    ("POST", f"{UNKNOWN}/cancel", WRITE),
    ("POST", f"{UNKNOWN}/retry", WRITE),
    ("POST", "/v1/bulk", WRITE),
    ("GET", f"{UNKNOWN}/deliveries", READ),
    ("POST", f"{UNKNOWN}/redeliver", WRITE),
]


@pytest.mark.parametrize(("method", "path", "scope"), SCOPED)
def test_every_operation_on_jobs_needs_a_key_with_its_scope(method: str, path: str, scope: str) -> None:
    world = WatchedWorld()
    other = world.key("acme", scopes=(READ if scope == WRITE else WRITE,))

    without = world.request(method, path, authorization="")
    wrong_scope = world.request(method, path, key=other)
    right_scope = world.request(method, path, key=world.key("acme", scopes=(scope,)))

    assert error_of(without) == (401, "missing_api_key")
    assert error_of(wrong_scope) == (403, "missing_scope")
    assert scope in wrong_scope.json["detail"]
    assert right_scope.status not in (401, 403)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "bearer\t",
        "Basic s3cret",
        "Bearer s3cret",
        "s3cret",
        "Bearer ä",
        "Bearer \udcff",
    ],
)
def test_an_invalid_key_is_refused_and_not_quoted(authorization: str) -> None:
    answer = WatchedWorld().request("GET", "/v1/jobs", authorization=authorization)

    assert answer.status == 401
    assert answer.json["code"] in ("missing_api_key", "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "s3cret" not in answer.text


def test_an_unknown_key_and_a_disabled_one_get_the_same_answer() -> None:
    world = WatchedWorld()
    disabled = world.request("GET", "/v1/jobs", key=world.key("acme", disabled=True))
    unknown = world.request("GET", "/v1/jobs", key="cck_live_unknown")

    assert error_of(disabled) == (401, "unauthenticated")
    assert disabled.json == unknown.json


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_known_in_any_case(scheme: str) -> None:
    world = WatchedWorld()

    assert world.request("GET", "/v1/jobs", authorization=f"{scheme} {world.acme}").status == 200


def test_a_key_may_come_as_x_api_key() -> None:
    world = WatchedWorld()

    assert world.request("GET", "/v1/jobs", authorization="", x_api_key=world.acme).status == 200
    assert error_of(world.request("GET", "/v1/jobs", authorization="", x_api_key="no"))[0] == 401


def test_a_key_is_stored_only_as_its_hash() -> None:
    world = World()

    assert world.acme not in repr(vars(world.keys))
    assert world.keys.api_key(hash_key(world.acme)).org == "acme"


def test_a_disabled_key_stops_working_within_a_minute() -> None:
    world = WatchedWorld()
    assert world.request("GET", "/v1/jobs").status == 200
    key_hash = hash_key(world.acme)
    world.keys.put_api_key(key_hash, replace(world.keys.api_key(key_hash), disabled=True))

    world.clock.advance(MINUTE - 1)
    trusted = world.request("GET", "/v1/jobs")
    world.clock.advance(1)
    refused = world.request("GET", "/v1/jobs")

    assert trusted.status == 200
    assert error_of(refused) == (401, "unauthenticated")
