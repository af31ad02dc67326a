"""Translators for tests: a faithful one, and some that break the rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from apps.forvibe.handlers.listing_localization import handle
from apps.forvibe.job_types.listing_localization import JOB_TYPE, Result
from claimcheck.testing import FakeTools, RecordingContext
from local.standins.translate import MAX_BYTES, pseudo_localise

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Scripted:
    """Answers with `answer` of the text and the target language, and records its requests."""

    answer: Callable[[str, str], str] = pseudo_localise
    asked: list[tuple[str, str]] = field(default_factory=list)

    def translate(self, text: str, source: str, target: str) -> str:
        assert 0 < len(text.encode()) <= MAX_BYTES
        self.asked.append((text, target))
        return self.answer(text, target)

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.asked]


# What real translators have done, and worse.
DAMAGES: dict[str, Callable[[str, str], str]] = {
    "accents and frames": pseudo_localise,
    "changes nothing": lambda text, target: text,
    "loses elements": lambda text, target: re.sub(r"<[^>]*>[^<]*</[^>]*>", "", text),
    "loses the tags alone": lambda text, target: re.sub(r"<[^>]*>", "", text),
    "doubles everything": lambda text, target: f"{text} {text}",
    "moves elements to the end": lambda text, target: (
        re.sub(r"<.*?</span>", "", text) + "".join(re.findall(r"<.*?</span>", text))
    ),
    "renumbers elements": lambda text, target: re.sub(r">\d+<", ">0<", text),
    "translates in elements": lambda text, target: text.replace(">0<", ">zero<"),
    "returns its own ids": lambda text, target: re.sub(r"<span.*?</span>", "<DNT_GEBKJMM", text),
    "escapes": lambda text, target: text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;"),
    "wraps in a paragraph": lambda text, target: f"<p>{text}</p>",
    "shouts": lambda text, target: text.upper(),
    "joins lines": lambda text, target: " ".join(text.split()),
    "adds lines": lambda text, target: "\n\n".join(text.split()),
    "adds commas": lambda text, target: ", ".join(text.split()),
    "says nothing": lambda text, target: "",
    "says only spaces": lambda text, target: "  \n ",
    "makes marks of its own": lambda text, target: text + "\U000f0000\U000f0001",
    "talks without end": lambda text, target: text + " und so weiter" * 500,
    "has no spaces": lambda text, target: "x" * 6000,
    "is in another script": lambda text, target: "日本語の説明文です。" * 600,
}


LISTING: dict[str, Any] = {"name": "Trail Ledger", "subtitle": "Hikes, mapped and kept"}


def context(translator: Any, **changes: Any) -> RecordingContext:
    return RecordingContext(tools=FakeTools(translator=translator), **changes)


def localized(
    translator: object = None, job: RecordingContext | None = None, /, locales: Any = ("de-DE",), **given: Any
) -> Result:
    """Return the result for a listing's fields and other inputs (`keep`, `source_locale`)."""
    others = {name: given.pop(name) for name in ("keep", "source_locale") if name in given}
    data = {"project_id": "p", "locales": list(locales), "listing": given or LISTING} | others
    return handle(JOB_TYPE.parse(data), job or context(translator or Scripted()))  # type: ignore[arg-type]
