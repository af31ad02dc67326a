"""App Store pages for tests: one without errors, and ways to break it."""

from __future__ import annotations

from typing import Any

from apps.forvibe.handlers.review_simulation import handle
from apps.forvibe.job_types.review_simulation import Input, Result
from apps.forvibe.review.opinion import MODEL
from claimcheck.testing import FakeTools, RecordingContext, ScriptedModel

DESCRIPTION = """\
Trail Ledger records where you walk and keeps it on your own device. No account, no cloud.

FEATURES
- Offline maps with contour lines, up to 1:25,000
- Elevation and pace for each stretch of a hike
- Share a route with friends as a GPX file

Trail Ledger Plus, a yearly subscription, adds 3D maps. Terms: https://trailledger.app/terms
Questions? Write to hello@trailledger.app!
"""
ENGLISH: dict[str, str] = {
    "name": "Trail Ledger",
    "subtitle": "Hikes, mapped and kept",
    "promotional_text": "Now with offline maps of 40 national parks.",
    "description": DESCRIPTION,
    "keywords": "hiking,gps,offline,elevation,track,route,gpx,summit,walking,mountain",
    "whats_new": "Bug fixes and performance improvements.",
    "support_url": "https://trailledger.app/support",
    "marketing_url": "https://trailledger.app",
    "privacy_policy_url": "https://trailledger.app/privacy",
}
GERMAN = ENGLISH | {
    "subtitle": "Wanderungen auf der Karte",
    "promotional_text": "Jetzt mit Offline-Karten von 40 Nationalparks.",
    "description": "Trail Ledger zeichnet auf, wo du wanderst, und behält es auf deinem Gerät.",
    "keywords": "wandern,gps,höhe,strecke,gpx,gipfel,berge,tour",
    "whats_new": "Fehlerbehebungen.",
}
JAPANESE = ENGLISH | {
    "subtitle": "歩いた道を地図に残す",
    "promotional_text": "40の国立公園のオフライン地図に対応しました。",
    "description": "Trail Ledgerは、歩いた道を記録し、あなたのデバイスだけに保存します。登録は不要です。",
    "keywords": "登山,ハイキング,地図,標高,山",
    "whats_new": "不具合を修正しました。",
}


def context(model: Any = None, review_model_id: str = "") -> RecordingContext:
    tools = FakeTools(environment={MODEL: review_model_id}, model=model or ScriptedModel([]))
    return RecordingContext(tools=tools)


def work(given: dict[str, Any], job: RecordingContext) -> Result:
    return handle(Input.model_validate(given), job)


def simulated(listings: dict[str, Any], **more: Any) -> Result:
    """Return a review without a second opinion."""
    return work({"project_id": "trail-ledger", "listings": listings} | more, context())


def reviewed(locale: str = "en-US", **changes: str | None) -> Result:
    """Review a correct page with these changes."""
    return simulated({locale: ENGLISH | changes})


def found(result: Result) -> set[str]:
    return {finding.rule for finding in result.combined_findings}
