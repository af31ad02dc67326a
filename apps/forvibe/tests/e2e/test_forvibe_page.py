"""Forvibe's page, step by step with its own curl lines: kick off, poll, read, with a charge in credits."""

import io
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

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


def ended(api: Api, accepted: Answer, within: float = 60) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        job: dict[str, Any] = api(accepted.json["poll_url"]).json
        return job if job["status"] in ("completed", "failed") else None

    found = eventually(look, within, f"the end of {accepted.json}", every=1)
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


def screenshot(api: Api, size: tuple[int, int], form: str) -> dict[str, Any]:
    """Upload a dark picture, and return it with a caption across its upper half."""
    picture = io.BytesIO()
    Image.new("RGB", size, "navy").save(picture, form)
    announced = {"content_type": f"image/{form.lower()}", "size": picture.tell()}
    asked = post(api, "/v1/uploads", json.dumps(announced)).json
    sent = httpx.put(asked["url"], headers=asked["headers"], content=picture.getvalue(), trust_env=False)
    assert sent.status_code == 200
    box = {"x": 20, "y": 20, "width": size[0] - 40, "height": size[1] // 2 - 40}
    caption = {"text": "Know the water", "box": box, "size": size[0] // 12}
    return {"image": {"upload_id": asked["upload_id"]}, "captions": [caption]}


def localize(
    api: Api, screenshots: list[dict[str, Any]], locales: list[str], within: float
) -> dict[str, Any]:
    body = json.dumps({"screenshots": screenshots, "locales": locales})
    job = ended(api, post(api, "/api/v1/projects/tides/screenshots/localize", body), within)
    assert job["status"] == "completed", job
    result: dict[str, Any] = job["result"]["localizations"]
    return result


def downloaded(api: Api, file: dict[str, Any]) -> Image.Image:
    found = httpx.get(api(f"{file['url']}?redirect=false").json["url"], trust_env=False)
    assert len(found.content) == file["size"]
    return Image.open(io.BytesIO(found.content))


def test_uploaded_screenshots_come_back_as_pictures_with_captions(api: Api) -> None:
    shots = [screenshot(api, (600, 800), "PNG"), screenshot(api, (800, 400), "JPEG")]

    found = localize(api, shots, ["ar-SA", "ja"], within=60)

    for locale in ("ar-SA", "ja"):
        phone, tablet = (downloaded(api, each["file"]) for each in found[locale])
        assert [(each.format, each.size) for each in (phone, tablet)] == [
            ("PNG", (600, 800)),
            ("JPEG", (800, 400)),
        ]
        # The caption is white, and the picture has no other red. A JPEG's is not exactly the same.
        for image in (phone, tablet):
            drawn = image.convert("RGB").getchannel("R").point(lambda red: 255 * (red > 128)).getbbox()
            assert drawn is not None
            assert drawn[3] <= image.height // 2
    assert credits(api) == 70


@pytest.mark.soak
def test_ten_screenshots_in_ten_locales_are_there_within_the_page_s_two_minutes(
    deployed: Stack, api: Api, request: pytest.FixtureRequest, record_property: Callable[..., None]
) -> None:
    administer(deployed, "credits", org=request.node.name.replace("_", "-")[:60], add=100)
    shots = [screenshot(api, (1290, 2796), "PNG") for _ in range(10)]
    locales = ["ar-SA", "cs", "de-DE", "fr-FR", "he", "ja", "ko", "ru", "vi", "zh-Hans"]
    began = time.monotonic()

    found = localize(api, shots, locales, within=120)

    record_property("seconds", round(time.monotonic() - began))
    files = [each["file"] for locale in locales for each in found[locale]]
    assert len({file["url"] for file in files}) == 100
    assert downloaded(api, files[-1]).size == (1290, 2796)


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
