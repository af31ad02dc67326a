"""Orgs with the same projects, Idempotency-Keys and job types never see each other's data.

Every route of every dialect is tried, with a key of every dialect. New routes are covered automatically.
"""

from __future__ import annotations

import re
import uuid
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from claimcheck.canonical import endpoints as canonical
from claimcheck.domain.keys import READ
from claimcheck.http.contract import Route
from claimcheck.http.routing import Routes
from claimcheck.service.bulk import JOB_TYPE as BULK
from tests.kit import neighbours
from tests.kit.neighbours import FUNDS, NAMED, NAMES, UUID, Neighbourhood, gifts, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.neighbours import Place
    from tests.kit.world import Answer

ORGS = [("acme", "umbrella"), ("umbrella", "acme")]
# Unused names.
NOBODYS = {"project_id": "nobodys-project", "locale": "fr-FR", "name": "nobodys-schedule"}
WITH_PARAMS = [place for place in places() if place.params]


@pytest.fixture(scope="module")
def settled() -> Neighbourhood:
    """A neighbourhood for tests that change nothing."""
    return Neighbourhood()


@pytest.fixture
def town() -> Neighbourhood:
    return Neighbourhood()


def name_of(place: Place) -> str:
    return place.name


class Comparable(NamedTuple):
    """An answer without the parts that differ between requests."""

    status: int
    headers: dict[str, str]
    text: str

    @classmethod
    def by(cls, answer: Answer, *asked: str) -> Comparable:
        """Replace the requested values by placeholders."""
        text, location = answer.text, answer.headers.get("Location", "")
        for value in asked:
            text, location = text.replace(value, "<it>"), location.replace(value, "<it>")
        kept = {name: value for name, value in answer.headers.items() if not name.startswith("RateLimit")}
        return cls(answer.status, kept | {"Location": UUID.sub("<id>", location)}, UUID.sub("<id>", text))


def questions(town: Neighbourhood, place: Place) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Return values of a place's parameters that acme has, each with values that never existed."""
    if all(name in NAMES for name in place.params):
        yield ({name: NAMES[name] for name in place.params}, {name: NOBODYS[name] for name in place.params})
        return
    for number, job_id in enumerate(town.jobs_of("acme")):
        mine = {name: NAMES.get(name, job_id) for name in place.params}
        nobodys = {name: NOBODYS.get(name, str(uuid.UUID(int=number))) for name in place.params}
        yield mine, nobodys


def asked(town: Neighbourhood, dialect: str, place: Place, values: dict[str, str], body: Any) -> Comparable:
    answer = town.ask("stranger", dialect, place.method, place.at(**values), body)
    return Comparable.by(answer, *values.values())


def publishes(town: Neighbourhood, place: Place, theirs: dict[str, str]) -> bool:
    """Return whether the contract documents, with a code for a 403, that strangers see its jobs exist."""
    made_by = {town.job(value).dialect for value in theirs.values() if UUID.fullmatch(value)}
    return place.dialect in made_by and bool(place.forbidden - {"missing_scope", "plan_required"})


def assert_unknown(town: Neighbourhood, place: Place) -> None:
    """Assert that a stranger gets the same answer about acme's data and about missing data."""
    compared = 0
    for (theirs, nobodys), dialect, body in product(questions(town, place), NAMED, place.bodies or (None,)):
        reported = asked(town, dialect, place, theirs, body)
        unknown = asked(town, dialect, place, nobodys, body)
        assert reported == unknown or publishes(town, place, theirs), f"{place.at(**theirs)}: {reported}"
        compared += 1
    assert compared


@pytest.mark.parametrize("place", [place for place in WITH_PARAMS if not place.bodies], ids=name_of)
def test_another_orgs_data_is_as_unknown_as_missing_data(settled: Neighbourhood, place: Place) -> None:
    assert_unknown(settled, place)


@pytest.mark.parametrize("place", [place for place in WITH_PARAMS if place.bodies], ids=name_of)
def test_writing_to_a_name_shows_nothing_of_another_orgs(town: Neighbourhood, place: Place) -> None:
    assert_unknown(town, place)


LISTS = [place for place in places() if place.method == "GET" and not place.params]


@pytest.mark.parametrize("dialect", NAMED)
@pytest.mark.parametrize(("mine", "theirs"), ORGS)
def test_a_page_after_another_orgs_last_one_is_ones_own(
    settled: Neighbourhood, dialect: str, mine: str, theirs: str
) -> None:
    paged = 0
    for place in LISTS:
        first = settled.ask(theirs, dialect, "GET", place.path, query="limit=1")
        if cursor := first.status == 200 and first.json.get("next_cursor"):
            second = settled.ask(mine, dialect, "GET", place.path, query=f"limit=9&cursor={cursor}")
            assert second.status == 200
            assert not set(UUID.findall(second.text)) - set(settled.jobs_of(mine)) - {cursor}
            paged += 1

    assert paged >= 1


@pytest.mark.parametrize(("mine", "theirs"), ORGS)
def test_nothing_that_an_org_reads_has_anything_of_anothers(
    settled: Neighbourhood, mine: str, theirs: str
) -> None:
    read = settled.everything_read_by(mine)
    foreign = re.compile("|".join([theirs, *settled.jobs_of(theirs)]))
    met = [path for (_, path), answer in read.items() if foreign.search(answer.text + str(answer.headers))]

    assert met == []
    # The engine's own job type returns numbers, and no text of an org.
    of_apps = [job for job in settled.store.all_jobs() if job.org == mine and job.type != BULK.name]
    ended = [job for job in of_apps if job.status == "completed"]
    assert sum(f"made for {mine}" in answer.text for answer in read.values()) >= len(ended) > 0


def test_an_org_that_has_nothing_reads_nothing(settled: Neighbourhood) -> None:
    read = settled.everything_read_by("stranger")
    found = re.compile("|".join(["acme", "umbrella", *settled.jobs_of("acme"), *settled.jobs_of("umbrella")]))

    assert read
    assert not [path for (_, path), answer in read.items() if found.search(answer.text)]


def test_the_same_key_of_idempotency_is_another_one_in_another_org(settled: Neighbourhood) -> None:
    before = {org: settled.jobs_of(org) for org in ("acme", "umbrella")}
    for place, body in gifts():
        if place.method == "POST":
            answers = [settled.give(org, place, body, "number 0") for org in ("acme", "umbrella")]
            repeated = [answer.headers.get("Idempotent-Replayed") for answer in answers]
            ids = [set(UUID.findall(answer.text)) for answer in answers]
            assert repeated == ["true", "true"]
            assert ids[0] <= set(before["acme"])
            assert ids[1] <= set(before["umbrella"])

    assert {org: settled.jobs_of(org) for org in before} == before
    assert not set(before["acme"]) & set(before["umbrella"])
    assert len(before["acme"]) == len(before["umbrella"]) > len(NAMED)


def do_everything(town: Neighbourhood, org: str, to: str) -> None:
    """Do everything that an org can do, with its own data and with another org's."""
    for place, body in gifts():
        for number in range(2):
            town.give(org, place, body, f"more {number}")
    for place in places():
        for path in place.everywhere(town.jobs_of(to)):
            for dialect, body in ((dialect, body) for dialect in NAMED for body in place.bodies or (None,)):
                town.ask(org, dialect, place.method, path, body)
    town.engine.credits.add_credits(org, FUNDS, town.clock.now(), "more")
    town.engine.documents.put(org, "listing", "the-project#en-US", "{}")


@pytest.mark.parametrize(("quiet", "busy"), ORGS)
def test_nothing_that_an_org_does_changes_anything_of_anothers(
    town: Neighbourhood, quiet: str, busy: str
) -> None:
    def all_there_is() -> Any:
        read = town.everything_read_by(quiet)
        return (
            {place: Comparable.by(answer) for place, answer in read.items()},
            [town.job(job_id) for job_id in town.jobs_of(quiet)],
            town.engine.credits.credits(quiet),
            town.engine.credits.ledger(quiet, 1000),
            [town.engine.documents.find(quiet, kind) for kind in ("listing", "LISTING", "")],
        )

    before = all_there_is()
    do_everything(town, busy, quiet)

    assert all_there_is() == before


@pytest.mark.parametrize("org", ["acme", "umbrella"])
def test_each_orgs_ledger_adds_up_from_its_own_jobs_alone(settled: Neighbourhood, org: str) -> None:
    movements = settled.engine.credits.ledger(org, 1000).entries
    mine = set(settled.jobs_of(org))

    assert sum(movement.amount for movement in movements) == settled.engine.credits.credits(org)
    assert {movement.job_id for movement in movements} <= mine | {None}
    assert {movement.reason for movement in movements} == {"added", "charged", "refunded"}


def test_a_route_that_forgets_whose_a_job_is_is_found(
    settled: Neighbourhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leak(call: Any) -> Any:
        return canonical.DIALECT.show(call, call.engine.store.read(call.params["leaky_id"]))

    leaky = neighbours.Place("GET", "/leaky/{leaky_id}", (), "canonical", frozenset())
    route = Route("GET", leaky.path, leak, READ)
    dialect = canonical.DIALECT._replace(routes=(*canonical.DIALECT.routes, route))
    monkeypatch.setattr(settled.api, "routes", Routes([dialect], {}))

    with pytest.raises(AssertionError, match="/leaky/"):
        assert_unknown(settled, leaky)
