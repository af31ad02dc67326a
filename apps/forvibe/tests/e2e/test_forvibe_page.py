"""Forvibe's page, step by step with its own curl lines: kick off, poll, read, with a charge in credits."""

from collections.abc import Callable
from typing import Any

import pytest

from local.keys import administer, create_key
from local.stack import Stack
from local.standins.translate import UNKNOWN
from tests.kit.client import eventually
from tests.kit.pages import Answer, curl, needs_curl

pytestmark = needs_curl

LISTING = """{"name": "Tide Table", "subtitle": "Know the water", "description": "Tides for sailors.",
  "keywords": "tide,sail", "support_url": "https://tidetable.app/help",
  "privacy_policy_url": "https://tidetable.app/privacy"}"""

Api = Callable[..., Answer]


@pytest.fixture
def api(deployed: Stack, request: pytest.FixtureRequest) -> Api:
    """A new org for each test, on a paid plan, with 100 credits."""
    org = request.node.name.replace("_", "-")[:60]
    key = create_key(deployed, org, dialect="forvibe", plan="paid")
    assert key.startswith("fvk_live_")
    administer(deployed, "credits", org=org, add=100)

    def call(path: str, *arguments: str) -> Answer:
        return curl("-s", *arguments, f"{deployed.api_url}{path}", "-H", f"Authorization: Bearer {key}")

    return call


def post(api: Api, path: str, body: str) -> Answer:
    return api(path, "-X", "POST", "-H", "Content-Type: application/json", "-d", body)


def store(api: Api, listing: str = LISTING) -> None:
    put = ["-X", "PUT", "-H", "Content-Type: application/json", "-d", listing]
    assert api("/api/v1/projects/tides/listings/en-US", *put).status == 200


def ended(api: Api, accepted: Answer) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        job: dict[str, Any] = api(accepted.json["poll_url"]).json
        return job if job["status"] in ("completed", "failed") else None

    found = eventually(look, 60, f"the end of {accepted.json}", every=1)
    assert found is not None
    return found


def credits(api: Api) -> int:
    """Return the balance, which is also the sum of the ledger."""
    left: int = api("/api/v1/credits").json["credits"]
    movements = api("/api/v1/credits/ledger").json["movements"]
    assert sum(movement["amount"] for movement in movements) == left
    return left


def test_a_simulation_is_kicked_off_polled_and_read(api: Api) -> None:
    store(api)
    accepted = post(api, "/api/v1/projects/tides/simulations/metadata", "{}")
    job = ended(api, accepted)
    row = api(f"/api/v1/simulations/{job['job_id']}").json

    assert accepted.status == 202
    assert accepted.headers["location"] == accepted.json["poll_url"] == f"/api/v1/jobs/{job['job_id']}"
    assert accepted.json["status"] == "pending"
    assert job["type"] == "review_simulation"
    assert (job["status"], job["error"]) == ("completed", None)
    assert job["result"]["overall_summary"]["verdict"]
    assert job["result"]["metadata_review"]
    assert "combined_findings" in str(row)
    assert credits(api) == 50


def test_a_listing_is_localised_and_paid_for_by_the_locale(api: Api) -> None:
    store(api)
    accepted = post(api, "/api/v1/projects/tides/listings/localize", '{"locales": ["de-DE", "fr-FR"]}')
    job = ended(api, accepted)

    assert job["status"] == "completed"
    assert set(job["result"]["localizations"]) == {"de-DE", "fr-FR"}
    assert credits(api) == 70


def test_a_failed_job_says_why_and_gives_its_credits_back(api: Api) -> None:
    store(api, LISTING.replace("Tides for sailors.", UNKNOWN))
    accepted = post(api, "/api/v1/projects/tides/listings/localize", '{"locales": ["de-DE"]}')
    job = ended(api, accepted)

    assert (job["status"], job["result"]) == ("failed", None)
    assert job["error"]["message"]
    assert credits(api) == 100


def test_too_few_credits_are_reported_with_what_is_needed_and_left(api: Api) -> None:
    store(api)
    seven = '{"locales": ["de-DE", "fr-FR", "it", "ja", "ko", "sv", "da"]}'
    refused = post(api, "/api/v1/projects/tides/listings/localize", seven)

    assert refused.status == 402
    assert (refused.json["needed"], refused.json["left"]) == (105, 100)
    assert credits(api) == 100


def test_without_a_key_the_problem_has_an_error_message(deployed: Stack) -> None:
    answers = [
        curl("-s", f"{deployed.api_url}/api/v1/jobs/df41", *header)
        for header in ([], ["-H", "Authorization: Bearer fvk_live_unknown"])
    ]

    assert [answer.status for answer in answers] == [401, 401]
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)
    assert all(answer.json["error"]["message"] for answer in answers)
