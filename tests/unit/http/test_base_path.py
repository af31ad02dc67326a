"""A custom domain can serve the API below a path. The paths that it returns are then those to request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.neighbours import NAMES, Neighbourhood, gifts
from tests.kit.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.neighbours import Place
    from tests.kit.world import Answer

BASE = "/prod"
LARGE = "a" * 2000


@pytest.fixture(scope="module", autouse=True)
def _below_a_path() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BASE_PATH", BASE)
        yield


@pytest.fixture(scope="module")
def town(_below_a_path: None) -> Neighbourhood:
    return Neighbourhood()


def paths_in(document: Any) -> Iterator[str]:
    match document:
        case dict():
            for each in document.values():
                yield from paths_in(each)
        case list():
            for each in document:
                yield from paths_in(each)
        case str() if document.startswith("/"):
            yield document


def returned(answer: Answer) -> set[str]:
    location = [answer.headers["Location"]] if "Location" in answer.headers else []
    return {*location, *paths_in(answer.json)}


@pytest.mark.parametrize(
    ("place", "body"), [pytest.param(*gift, id=f"{gift[0].name} {n}") for n, gift in enumerate(gifts())]
)
def test_the_paths_that_a_submission_returns_can_be_requested(
    town: Neighbourhood, place: Place, body: Any
) -> None:
    accepted = town.ask("acme", place.dialect, place.method, BASE + place.at(**NAMES), body)

    assert accepted.status in (200, 201, 202), accepted.text
    for path in returned(accepted):
        assert path.startswith(f"{BASE}/")
        assert town.ask("acme", place.dialect, "GET", path).status == 200


def test_a_large_result_is_below_the_path_too() -> None:
    world = World()
    world.submit(LARGE, input={"text": LARGE, "times": 500})
    world.work()

    [job] = world.request("GET", f"{BASE}/v1/jobs").json["jobs"]
    shown = world.request("GET", f"{BASE}/v1/jobs/{job['job_id']}").json

    assert shown["result_url"] == f"{BASE}/v1/jobs/{job['job_id']}/result"
    assert world.request("GET", shown["result_url"]).status == 303


def test_a_path_that_only_begins_with_the_same_letters_is_not_below_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BASE_PATH", "/v")

    assert World().request("GET", "/v1/jobs").status == 200
    assert World().request("GET", "/v/v1/jobs").status == 200


def test_an_unknown_path_below_it_is_404() -> None:
    assert World().request("GET", f"{BASE}/v2/jobs").status == 404
    assert World().request("GET", f"{BASE}uction/v1/jobs").status == 404
