"""What all answers have in common: headers, HEAD, and pages of other origins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.http.server import Api
from tests.kit.described import WatchedWorld, error_of
from tests.kit.world import Answer, World, echo

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "https://app.example.com"


def test_every_answer_forbids_guessing_its_type_and_plain_http() -> None:
    world = World()
    for answer in [
        world.request("GET", "/health"),
        world.request("GET", "/v1/jobs"),
        world.request("GET", "/nowhere"),
        world.request("POST", "/v1/jobs", {}),
        world.request("GET", "/v1/jobs", key="unknown"),
    ]:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"


def test_the_description_is_sent_again_only_if_it_has_changed(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text("{}")
    world = WatchedWorld()
    world.rebuild(openapi=tmp_path / "openapi.json")
    first = world.request("GET", "/openapi.json")
    again = world.request("GET", "/openapi.json", if_none_match=f'"other", W/{first.headers["ETag"]}')
    changed = world.request("GET", "/openapi.json", if_none_match='"other"')

    assert (first.status, again.status, changed.status) == (200, 304, 200)
    assert again.text == ""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("path", ["/health", "/v1/jobs", "/v1/jobs/{}", "/v1/schedules"])
def test_head_is_get_without_the_body(path: str) -> None:
    world = World({"echo": echo})
    path = path.format(world.submit())
    got, head = (world.request(method, path) for method in ("GET", "HEAD"))

    assert (head.status, head.text) == (200, "")
    assert head.headers.keys() == got.headers.keys()


def test_head_of_an_unknown_job_is_404_and_of_a_submission_405() -> None:
    world = World()

    assert world.request("HEAD", "/v1/jobs/019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a").status == 404
    assert world.request("HEAD", "/v1/schedules/a/run").status == 405


def asked(origins: tuple[str, ...], method: str, path: str, origin: str | None = PAGE, **more: str) -> Answer:
    world = World()
    world.api = Api(world.engine, world.dialects, origins=origins)
    headers = {"origin": origin} if origin else {}
    return world.request(method, path, **headers | more)


@pytest.mark.parametrize("origins", [(PAGE,), ("https://other.example", PAGE), ("*",)])
@pytest.mark.parametrize("path", ["/v1/jobs", "/api/v1/handoffs"])
def test_a_page_of_an_allowed_origin_may_ask_and_read(origins: tuple[str, ...], path: str) -> None:
    preflight = asked(origins, "OPTIONS", path, access_control_request_method="POST", authorization="")

    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == PAGE
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    for name in ("Authorization", "X-Api-Key", "Idempotency-Key", "Content-Type"):
        assert name in preflight.headers["Access-Control-Allow-Headers"]
    for status, answer in [(200, asked(origins, "GET", "/v1/jobs")), (404, asked(origins, "GET", "/no"))]:
        assert answer.status == status
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("origins", "origin"),
    [((), PAGE), ((PAGE,), "https://evil.example"), ((PAGE,), f"{PAGE}.evil.example"), ((PAGE,), None)],
)
def test_no_other_page_may(origins: tuple[str, ...], origin: str | None) -> None:
    preflight = asked(origins, "OPTIONS", "/v1/jobs", origin, access_control_request_method="POST")

    assert error_of(preflight) == (405, "method_not_allowed")
    for answer in (preflight, asked(origins, "GET", "/v1/jobs", origin)):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert ("Vary" in answer.headers) == bool(origins)


def test_a_large_result_is_a_redirect_or_its_url_in_json() -> None:
    world = WatchedWorld({"echo": echo})
    job_id = world.submit("x" * 300_000)
    world.work()
    path = f"/v1/jobs/{job_id}/result"
    redirect, also, url = (
        world.request("GET", path, query=each) for each in ("", "redirect=true", "redirect=false")
    )

    assert (redirect.status, also.status, url.status) == (303, 303, 200)
    assert url.json == {"url": redirect.headers["Location"]}
    for query in ("redirect=no", "redirect=false&redirect=true", "page=1"):
        assert error_of(world.request("GET", path, query=query)) == (422, "invalid_fields")
