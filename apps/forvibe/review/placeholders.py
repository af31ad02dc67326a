"""Text that was to be replaced before anybody saw it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from apps.forvibe.app_store import LIMITS, language
from apps.forvibe.review.lexicon import Lexicon
from apps.forvibe.review.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.forvibe.review.page import Page
    from apps.forvibe.review.rules import Hit
    from apps.forvibe.review.text import Text

PLACEHOLDER = Rule(
    "placeholder-text",
    "2.1",
    "critical",
    "The {field} has placeholder text in it.",
    "Write what should stand there, or take it out.",
)
PLACEHOLDER_NAME = Rule(
    "placeholder-name",
    "2.1",
    "critical",
    "The name is a placeholder.",
    "Give the app its own name.",
)
EMPTY_NEWS = Rule(
    "whats-new-says-nothing",
    "2.3.12",
    "medium",
    "The What's New text does not say what is new.",
    'List the changes; for mere bug fixes "Bug fixes and performance improvements" is enough.',
)

FILLERS = Lexicon(
    """
    lorem ipsum, dolor sit amet, your app name, your app s name, app name here, name of your app
    your company name, company name here, your description here, description here, description goes here
    add description here, insert text here, insert description here, your text here, text goes here
    enter text here, enter description, sample text, dummy text, placeholder text, placeholder, asdf, asdfasdf
    qwerty123, keyword1, keyword 1, your keywords here, keywords here, fixme, platzhaltertext
    texto de ejemplo, texte d exemple, 占位符, ダミーテキスト
    """,
    innocent="placeholder images, placeholder image, placeholder names",
)
NAMES = frozenset(
    {"my app", "myapp", "test app", "testapp", "test", "untitled", "new app", "app", "sample app", "demo app"}
)
NOTHING = frozenset(
    {
        "changes", "n a", "na", "new", "new version", "none", "nothing", "test", "testing", "update",
        "updates", "v1", "v2",
    }
)  # fmt: skip
# {{name}}, {name}, ${name}, %@, %s, %1$s, <app name>, [App Name], [Your ...]
SLOTS = re.compile(
    r"\{\{[^{}\n]{0,60}\}\}|\$\{[^{}\n]{1,60}\}|\{(?:\d|(?:app|user|first)?_?name|user|count|price)\}"
    r"|\{%[^%\n]{0,60}%\}|%(?:\d\$)?@|%\d\$[sd]|(?<!\d)%s\b"
    r"|\[(?:your|insert|app name|name|todo|tbd|company)\b[^\[\]\n]{0,60}\]"
    r"|<(?:your|insert|app name|company)\b[^<>\n]{0,60}>"
)
EXES = re.compile(r"(?<!\w)(?:xxx|[xX]{4,})(?!\w)")
# In capitals, and with what makes it a note: "TODO" is also Spanish for "everything".
NOTES = re.compile(r"(?<!\w)(?:TODO|TBD|TBC|WIP)(?:\s?:|\(|\s*\Z)|\A\s*(?:TODO|TBD)\b")
ROMANCE = frozenset({"es", "pt", "ca"})


def placeholders(page: Page) -> Iterator[Hit]:
    for field, text in page.some(tuple(LIMITS)):
        for said in _placeholders(text, language(page.locale)):
            yield PLACEHOLDER.hit(field, said, page.locale)
    if _said(page, "name") in NAMES:
        yield PLACEHOLDER_NAME.hit("name", page.raw("name"), page.locale)


def empty_news(page: Page) -> Iterator[Hit]:
    if "whats_new" not in page.texts:
        return
    said = _said(page, "whats_new")
    if said in NOTHING or len(said) < 2:
        yield EMPTY_NEWS.hit("whats_new", page.raw("whats_new"), page.locale)


def _said(page: Page, field: str) -> str:
    """The words of a field and nothing between them."""
    return " ".join(word.text for word in page.texts[field].words) if field in page.texts else ""


def _placeholders(text: Text, spoken: str) -> Iterator[str]:
    yield from FILLERS.find(text)
    yield from (text.excerpt(*found.span()) for found in SLOTS.finditer(text.folded))
    yield from (found[0] for found in EXES.finditer(text.raw))
    for found in NOTES.finditer(text.raw):
        if spoken not in ROMANCE or not found[0].strip().startswith("TODO"):
            yield found[0]
