"""Orgs that store listings under the same names never see each other's."""

from __future__ import annotations

from tests.kit.neighbours import Neighbourhood


def test_stored_listings_are_each_orgs_own() -> None:
    town = Neighbourhood()
    path = "/api/v1/projects/the-project/listings/en-US"
    town.ask("acme", "forvibe", "PUT", path, {"name": "Of acme"})
    town.ask("umbrella", "forvibe", "PUT", path, {"name": "Of umbrella"})

    for org in ("acme", "umbrella"):
        assert town.ask(org, "forvibe", "GET", path).json["name"] == f"Of {org}"
        assert [*town.engine.documents.find(org, "listing").values()] == [f'{{"name":"Of {org}"}}']
    assert town.engine.documents.find("stranger", "listing") == {}
