"""The promises for every field hold for any listing, language and translator."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.job_types.listing_localization import TRANSLATABLE
from apps.forvibe.localization.masking import mask, patterns
from apps.forvibe.tests.translators import DAMAGES, Scripted, localized

TERMS = ("Trail Ledger", "GPX", "C++", "記録帳")
STRUCTURES = ("https://a.com/?x=1&y=2", "me@b.org", "{name}", "{{n}}", "%1$s", "%@", "<b>", "</b>", "v2.0")
LATIN = ("walk", "Every", "map.", "trails,", "Wanderung", "R&D", "&amp;", "don't")
OTHERS = ("地図", "を見る。", "แผนที่", "карта", "\U0001f97e", "e\u0301")
GAPS = (" ", " ", " ", "  ", "\n", "\n\n", "\n\u2022 ", ", ", "! ", "")

tokens = st.tuples(st.sampled_from(TERMS + STRUCTURES + LATIN + OTHERS), st.sampled_from(GAPS))
texts = st.lists(tokens, min_size=1, max_size=60).map(lambda parts: "".join(map("".join, parts)))
wild = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
damages = st.sampled_from(sorted(DAMAGES)).map(DAMAGES.__getitem__)
places = st.sampled_from(sorted(TRANSLATABLE))


def within(text: str, limit: int) -> str:
    while measure(text) > limit:
        text = text[: len(text) * limit // measure(text)]
    return text


def grown(line: str, growth: int) -> str:
    """Translate a promotional text into one with `growth` more words in front. Return it after the cut."""
    growing = Scripted(lambda asked, target: "nun " * growth + asked)
    localization = localized(growing, promotional_text=line, keep=list(TERMS)).localizations["de-DE"]
    return localization.listing.promotional_text or ""


@st.composite
def listings(draw: st.DrawFn) -> dict[str, str]:
    fields = draw(st.sets(st.sampled_from(sorted(LIMITS)), min_size=1))
    listing = {field: within(draw(texts | wild), LIMITS[field]) for field in sorted(fields)}
    assume(any(text.strip() for text in listing.values()))
    return listing | {"support_url": "https://a.com"}


@given(
    listings(), st.sets(st.sampled_from(sorted(TRANSLATABLE)), min_size=2, max_size=4).map(sorted), damages
)
def test_every_field_fits_and_says_so(listing: dict[str, str], locales: list[str], damage: Any) -> None:
    source, *targets = locales
    result = localized(Scripted(damage), source_locale=source, locales=targets, keep=list(TERMS), **listing)

    assert list(result.localizations) == targets
    for localization in result.localizations.values():
        given_back = localization.listing.model_dump(exclude_none=True)
        assert given_back.keys() == listing.keys()
        assert given_back["support_url"] == listing["support_url"]
        for field, report in localization.fields.items():
            assert report.length == measure(given_back[field]) <= report.limit == LIMITS[field]
            assert report.shortened == (report.translated_length > report.limit)
            assert bool(given_back[field].strip()) == bool(listing[field].strip()) or field == "keywords"


@given(st.lists(texts | wild, min_size=1, max_size=20).map(",".join), damages)
def test_keywords_are_well_formed(keywords: str, damage: Any) -> None:
    wanted = within(keywords, LIMITS["keywords"])
    result = localized(Scripted(damage), name="x", keywords=wanted, keep=list(TERMS))

    text = result.localizations["de-DE"].listing.keywords
    found = text.split(",") if text else []
    assert all(keyword and keyword == keyword.strip() for keyword in found)
    assert len({keyword.casefold() for keyword in found}) == len(found)


@given(texts.filter(str.strip), damages)
def test_kept_text_is_unchanged_on_its_line(text: str, damage: Any) -> None:
    localization = localized(Scripted(damage), description=text, keep=list(TERMS)).localizations["de-DE"]
    assume(not localization.fields["description"].shortened)

    keep = patterns(TERMS)
    translated = localization.listing.description or ""
    for old, new in zip(text.split("\n"), translated.split("\n"), strict=True):
        for span, times in Counter(mask(old, keep).kept).items():
            assert new.count(span) >= times


@given(texts.filter(str.strip), st.integers(5, 40))
def test_a_cut_text_has_each_name_whole_or_not_at_all(text: str, growth: int) -> None:
    # A text of names alone is not translated, so it does not grow.
    line = within(" ".join(["Every", *text.split()]), LIMITS["promotional_text"])
    cut = grown(line, growth)

    whole = mask("nun " * growth + line, patterns(TERMS))
    assert cut in [whole.restore(whole.text[:end]) for end in range(len(whole.text) + 1)]


def test_a_text_may_be_cut_where_a_name_begins_inside_a_word() -> None:
    """Terms are kept as whole words, and "LedgerTrail" is one word."""
    assert grown("Trail Ledger Trail LedgerTrail Ledger", 34).endswith(" nun Trail Ledger Trail LedgerTrail")


@pytest.mark.parametrize(
    "text", ["\U000f0000", "\U000f0001 Hi", "<", "<<<>>>", "&", "{", "%", "\r\n\r\n x", "\x00 x", "\u2028"]
)
def test_texts_that_look_like_our_own_marks_are_but_texts(text: str) -> None:
    result = localized(Scripted(lambda asked, target: asked), description=f"{text} and words")

    assert result.localizations["de-DE"].listing.description == f"{text} and words"
