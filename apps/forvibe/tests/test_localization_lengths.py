"""A translation over Apple's limit is cut at a natural pause, and never within a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.localization.cutting import SENTENCES, WORDS, cut, pieces
from apps.forvibe.localization.translation import MAX_BYTES
from apps.forvibe.tests.translators import Scripted, localized

if TYPE_CHECKING:
    from apps.forvibe.job_types.listing_localization import Localization

SENTENCE = "Every walk is kept on your own device."


def reported(answer: str, **listing: str) -> Localization:
    """Return the result for a listing whose texts are all translated as `answer`."""
    return localized(Scripted(lambda text, target: answer), **listing).localizations["de-DE"]


def words(text: str, limit: int) -> str:
    return text[: cut(text, lambda part: measure(part) <= limit, WORDS)]


def sentences(text: str, limit: int) -> str:
    return text[: cut(text, lambda part: measure(part) <= limit, SENTENCES)]


@pytest.mark.parametrize(
    ("translated", "subtitle"),
    [
        ("Wanderungen aufzeichnen und behalten", "Wanderungen aufzeichnen und"),
        ("Wanderungen, Karten & Spuren, offline", "Wanderungen, Karten & Spuren"),
        ("Wanderungen aufzeichnen & mehr \u2013 toll", "Wanderungen aufzeichnen & mehr"),
        ("Exactly thirty characters here and more", "Exactly thirty characters here"),
        ("-" * 40, "-" * 30),
        ("Donaudampfschifffahrtsgesellschaftskapitän", "Donaudampfschifffahrtsgesellsc"),
        (
            "ハイキングを記録して、自分の端末に保存し、いつでも地図で見られる",
            "ハイキングを記録して、自分の端末に保存し、いつでも地図で見ら",
        ),
    ],
)
def test_a_phrase_is_cut_after_a_word_and_ends_as_one_could(translated: str, subtitle: str) -> None:
    localization = reported(translated, subtitle="Hikes")

    assert localization.listing.subtitle == subtitle
    assert localization.fields["subtitle"].shortened
    assert localization.fields["subtitle"].translated_length == len(translated)


def test_a_phrase_that_just_fits_is_left_alone() -> None:
    localization = reported("x" * 30, subtitle="Hikes")

    assert localization.listing.subtitle == "x" * 30
    assert not localization.fields["subtitle"].shortened


def test_a_promotional_text_is_cut_after_a_word() -> None:
    text = reported("wandern " * 40, promotional_text="Walk.").listing.promotional_text

    assert text == ("wandern " * 21).strip()


@pytest.mark.parametrize(
    ("earlier", "subtitle"),
    [("Wandern mit ", "Wandern mit Trail Ledger Pro"), ("Wandern und laufen mit ", "Wandern und laufen mit")],
)
def test_a_cut_runs_around_a_name_that_has_spaces(earlier: str, subtitle: str) -> None:
    translator = Scripted(lambda text, target: text.replace("With ", earlier) + " und mehr")
    result = localized(translator, subtitle="With Trail Ledger Pro", keep=["Trail Ledger Pro"])

    assert result.localizations["de-DE"].listing.subtitle == subtitle


@pytest.mark.parametrize("field", ["description", "whats_new"])
def test_a_text_is_cut_after_a_sentence(field: str) -> None:
    localization = reported(f"{SENTENCE} " * 200, **{field: "Walk."})
    text = getattr(localization.listing, field)

    assert LIMITS[field] - len(SENTENCE) <= len(text) <= LIMITS[field]
    assert text.endswith("device.")
    assert localization.fields[field].translated_length == len(f"{SENTENCE} ") * 200 - 1


@pytest.mark.parametrize(
    ("text", "limit", "start"),
    [
        ("One. Two! Three? Four", 14, "One. Two!"),
        ("One. Two! Three? Four", 16, "One. Two! Three?"),
        ("- first\n- second\n- third", 20, "- first\n- second"),
        ("- first\r\n- second\r\n- third", 20, "- first\r\n- second"),
        ("He said: \u201cStop.\u201d Then he left.", 22, "He said: \u201cStop.\u201d"),
        ("一つ。二つ。三つ。四つ", 8, "一つ。二つ。"),
        ("यह हिन्दी है। अच्छा।", 17, "यह हिन्दी है।"),
        ("Version 2.0 is here and it is fast. Yes", 30, "Version 2.0 is here and it is"),
        (
            "Hi. This one sentence is so long that it is worth a cut",
            40,
            "Hi. This one sentence is so long that it",
        ),
    ],
)
def test_a_text_ends_with_a_sentence_or_line_or_else_a_word(text: str, limit: int, start: str) -> None:
    assert sentences(text, limit) == start


@pytest.mark.parametrize(
    ("text", "limit", "start"),
    [
        ("e\u0301e\u0301e\u0301", 3, "e\u0301"),
        ("ab\U0001f469\u200d\U0001f680cd", 6, "ab"),
        ("ab\U0001f44d\U0001f3fdcd", 5, "ab"),
        ("ab\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 8, "ab\U0001f1e9\U0001f1ea"),
        ("ab\r\ncd", 3, "ab"),
        ("a" + "\u0301" * 50, 20, "a" + "\u0301" * 19),
    ],
)
def test_a_cut_never_runs_through_what_a_reader_sees_as_one_character(
    text: str, limit: int, start: str
) -> None:
    assert words(text, limit) == start


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ("hiking, gps ,offline", "hikings,gpss,offlines"),
        ("hiking\uff0cgps", "hikings,gpss"),
        ("gps,GPS,Gps,hiking", "gpss,hikings"),
        (",,gps,, ,", "gpss"),
        (" , ", ""),
        ("trail map,gps", "trail maps,gpss"),
    ],
)
def test_keywords_stay_parted_by_commas_without_spaces_and_none_comes_twice(
    keywords: str, expected: str
) -> None:
    plural = Scripted(lambda text, target: f"{text}s")
    result = localized(plural, name="x", keywords=keywords)

    assert result.localizations["de-DE"].listing.keywords == expected
    assert not result.localizations["de-DE"].fields["keywords"].shortened


def test_a_keyword_is_translated_by_itself() -> None:
    translator = Scripted()
    localized(translator, keywords="hiking,trail map")

    assert translator.texts == ["hiking", "trail map"]


def test_what_a_translator_makes_of_a_word_becomes_keywords() -> None:
    chatty = Scripted(lambda text, target: f" {text}\u3001the {text}; Das {text}. ")

    keywords = localized(chatty, keywords="map").localizations["de-DE"].listing.keywords
    assert keywords == "map,the map,Das map"


def test_keywords_that_no_longer_fit_are_left_out_from_the_end() -> None:
    long = Scripted(lambda text, target: text * 10)
    localization = localized(long, keywords="aaaa,bbbb,cccc,d").localizations["de-DE"]

    assert localization.listing.keywords == f"{'a' * 40},{'b' * 40},{'d' * 10}"
    assert localization.fields["keywords"].model_dump() == {
        "length": 92,
        "limit": 100,
        "shortened": True,
        "translated_length": 133,
    }


def test_of_one_keyword_that_is_too_long_the_first_words_are_left() -> None:
    assert reported("wandern " * 20, keywords="hike").listing.keywords == ("wandern " * 12).strip()


def test_a_text_over_the_translators_limit_is_sent_in_pieces_that_end_with_sentences() -> None:
    sentence = "散歩はすべて端末に保存されます。"
    translator = Scripted(lambda text, target: text)
    description = sentence * 249
    result = localized(translator, source_locale="ja", description=description)

    assert len(description.encode()) > MAX_BYTES
    assert len(translator.texts) == 2
    assert all(text.endswith("。") for text in translator.texts)
    assert result.localizations["de-DE"].listing.description == description


def test_pieces_are_all_of_a_text_and_each_fits() -> None:
    text = "\u3042" * 50 + " word" * 30 + "\n\n" + "y" * 200

    parts = list(pieces(text, lambda part: len(part.encode()) <= 60, SENTENCES))
    assert "".join(parts) == text
    assert all(len(part.encode()) <= 60 for part in parts)
