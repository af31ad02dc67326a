"""Placeholder text that was never replaced."""

import re
from collections.abc import Iterator

from apps.forvibe.app_store import LIMITS, language
from apps.forvibe.review.lexicon import Lexicon, listed
from apps.forvibe.review.page import Page, Text
from apps.forvibe.review.rules import Findings, finding, search

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
_NAMES = "my app, myapp, test app, testapp, test, untitled, new app, app, sample app, demo app"
NAMES = frozenset(listed(_NAMES))
_NOTHING = "changes, n a, na, new, new version, none, nothing, test, testing, update, updates, v1, v2"
NOTHING = frozenset(listed(_NOTHING))
# {{name}}, {name}, ${name}, %@, %s, %1$s, <app name>, [App Name], [Your ...]
SLOTS = re.compile(
    r"\{\{[^{}\n]{0,60}\}\}|\$\{[^{}\n]{1,60}\}|\{(?:\d|(?:app|user|first)?_?name|user|count|price)\}"
    r"|\{%[^%\n]{0,60}%\}|%(?:\d\$)?@|%\d\$[sd]|(?<!\d)%s\b"
    r"|\[(?:your|insert|app name|name|todo|tbd|company)\b[^\[\]\n]{0,60}\]"
    r"|<(?:your|insert|app name|company)\b[^<>\n]{0,60}>"
)
EXES = re.compile(r"(?<!\w)(?:xxx|[xX]{4,})(?!\w)")
# Only in capitals and in the form of a note: "TODO" is also Spanish for "everything".
NOTES = re.compile(r"(?<!\w)(?:TODO|TBD|TBC|WIP)(?:\s?:|\(|\s*\Z)|\A\s*(?:TODO|TBD)\b")
ROMANCE = frozenset({"es", "pt", "ca"})


def placeholders(page: Page) -> Findings:
    notes = _notes_but_todo if language(page.locale) in ROMANCE else _notes
    for find in (_fillers, notes):
        yield from search("placeholder-text", page, tuple(LIMITS), find)
    if _words(page, "name") in NAMES:
        yield finding("placeholder-name", "name", page.raw("name"), page.locale)
    news = _words(page, "whats_new")
    if "whats_new" in page.texts and (news in NOTHING or len(news) < 2):
        yield finding("whats-new-says-nothing", "whats_new", page.raw("whats_new"), page.locale)


def _words(page: Page, field: str) -> str:
    return " ".join(word.text for word in page.texts[field].words) if field in page.texts else ""


def _fillers(text: Text) -> Iterator[str]:
    yield from FILLERS.find(text)
    yield from text.folded_matches(SLOTS)
    yield from text.matches(EXES)


def _notes(text: Text) -> Iterator[str]:
    return text.matches(NOTES)


def _notes_but_todo(text: Text) -> Iterator[str]:
    return (note for note in _notes(text) if not note.strip().startswith("TODO"))
