"""Screening without a network: names against texts, and a handler's input from a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apps.deepidv.handlers.adverse_media_screening import handle
from apps.deepidv.job_types.adverse_media_screening import Input
from apps.deepidv.screening.matching import Matcher, Mention
from apps.deepidv.screening.names import names_of
from apps.deepidv.screening.texts import Text
from claimcheck.outbound import Outbound
from claimcheck.testing import FakeTools, FrozenClock, RecordingContext

if TYPE_CHECKING:
    from apps.deepidv.job_types.adverse_media_screening import Result

TODAY = "2026-06-21"  # the time of a FrozenClock


def mentions(name: str | list[str], text: str, kind: Any = "person", common: str = "") -> list[Mention]:
    names = names_of([name] if isinstance(name, str) else name, kind)
    return Matcher(names, frozenset(common.split())).mentions(Text(text))


def matched(name: str | list[str], text: str, kind: Any = "person", common: str = "") -> list[str]:
    """Return the parts of the text that match the name, at the default score."""
    return [text[each.start : each.end] for each in mentions(name, text, kind, common) if each.score >= 0.8]


def context(url: str = "", **more: Any) -> RecordingContext:
    """Return a worker's context, with the real outbound client."""
    tools = FakeTools(
        environment={"NEWS_URL": url}, clock=FrozenClock(), outbound=Outbound(allow_loopback=True)
    )
    return RecordingContext(tools=tools, **more)


def parsed(**body: Any) -> Input:
    return Input.model_validate_json(json.dumps({"subject": {"name": "John Doe"}} | body))


def screen(*documents: Any, job: RecordingContext | None = None, **body: Any) -> Result:
    """Screen documents, given as texts or as fields."""
    sent = [
        {"title": "A report", "text": each} if isinstance(each, str) else {"title": "A report"} | each
        for each in documents
    ]
    return handle(parsed(documents=sent, **body), job or context())
