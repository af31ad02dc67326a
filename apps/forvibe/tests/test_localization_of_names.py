"""Text that stays untranslated: how it is found, and that every translator keeps it."""

from __future__ import annotations

import time

import pytest

from apps.forvibe.localization.masking import brand, mask, patterns
from apps.forvibe.tests.translators import DAMAGES, Scripted, localized


def kept(text: str, *terms: str) -> list[str]:
    return list(mask(text, patterns(terms)).kept)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://a.com/x?b=c&d=e#f, or (http://b.org).", ["https://a.com/x?b=c&d=e#f", "http://b.org"]),
        ("See www.fizz.com/\u00e9t\u00e9!", ["www.fizz.com/\u00e9t\u00e9"]),
        ("詳細はhttps://a.com/xをご覧ください", ["https://a.com/x"]),
        ("Visit fizz.app or my.fizz.io/help.", ["fizz.app", "my.fizz.io/help"]),
        ("The end.Start now", []),
        ("Mail help+me@fizz.co.uk.", ["help+me@fizz.co.uk"]),
        ("連絡先a@b.com", ["a@b.com"]),
        ("Follow @fizz_app!", ["@fizz_app"]),
        ("Hi {name}, {{count}} of ${total}", ["{name}", "{{count}}", "${total}"]),
        ("{a}{b}%@", ["{a}{b}%@"]),
        ("%@ has %d of %1$s, %.2f%", ["%@", "%d", "%1$s", "%.2f"]),
        ("残り%d日", ["%d"]),
        ("100% of users, 50%free, 30%discount", []),
        ("<b>Bold</b> and <a href='x'>this</a><br/>", ["<b>", "</b>", "<a href='x'>", "</a><br/>"]),
        ("I <3 you & 2 > 1 -> ok", ["<", ">", ">"]),
        ("R&amp;D &#39;x&#x2F; AT&T", ["&amp;", "&#39;", "&#x2F;"]),
        ("Made 2.0-ready, for 22.11.2026", ["2.0", "22.11.2026"]),
        ("Version 2.0, v1.4.2-beta.1 and v3", ["2.0", "v1.4.2-beta.1", "v3"]),
        ("バージョン2.0を", ["2.0"]),
        ("In 3 days, 10 times, 4K", []),
        ("Apple \uf8ff \U000f0000", ["\U000f0000"]),
    ],
)
def test_addresses_placeholders_markup_and_versions_are_kept(text: str, found: list[str]) -> None:
    assert kept(text) == found


@pytest.mark.parametrize(
    ("text", "terms", "found"),
    [
        ("Fizz and Fizzle, fizz, FIZZ, (Fizz)", ["Fizz"], ["Fizz", "Fizz"]),
        ("Fizz's Fizz-like _Fizz", ["Fizz"], ["Fizz", "Fizz"]),
        ("FizzをFizzで", ["Fizz"], ["Fizz", "Fizz"]),
        ("メモ帳アプリです", ["メモ帳"], ["メモ帳"]),
        ("Заметка и Заметками", ["Заметка"], ["Заметка"]),
        ("C++ and C", ["C++"], ["C++"]),
        ("Apple Watch Ultra", ["Apple Watch", "Watch Ultra", "Apple"], ["Apple Watch Ultra"]),
        ("a.b (x) [y]", ["a.b", "(x)", ""], ["a.b", "(x)"]),
        ("axb", ["a.b"], []),
        ("Fizz", [" Fizz ", "  "], ["Fizz"]),
    ],
)
def test_terms_are_kept_as_whole_words_in_their_letter_case(
    text: str, terms: list[str], found: list[str]
) -> None:
    assert kept(text, *terms) == found


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("Trail Ledger: Hikes & Maps", "Trail Ledger"),
        ("Trail Ledger - Hikes", "Trail Ledger"),
        ("Trail Ledger \u2013 Hikes", "Trail Ledger"),
        ("Trail Ledger \u2014 Hikes: Maps", "Trail Ledger"),
        ("Trail Ledger | Hikes", "Trail Ledger"),
        ("記録\uff1aハイキング", "記録"),
        ("Trail-Ledger", "Trail-Ledger"),
        ("Re:Trail", "Re:Trail"),
        ("Trail Ledger:", "Trail Ledger"),
        ("Trail Ledger", "Trail Ledger"),
        (": Hikes", ""),
        (None, ""),
    ],
)
def test_an_apps_own_name_is_what_its_listings_name_begins_with(name: str | None, own: str) -> None:
    assert brand(name) == own


def test_a_text_without_anything_to_keep_is_sent_as_it_is() -> None:
    translator = Scripted()
    localized(translator, subtitle="Salt & pepper, 50% off")

    assert translator.texts == ["Salt & pepper, 50% off"]


def test_kept_text_is_sent_as_an_element_with_only_its_number() -> None:
    translator = Scripted()
    localized(translator, name="Fizz: Notes", subtitle="Fizz for {x} & co", keep=["co"])

    assert sorted(translator.texts) == [
        '<span translate="no">0</span> for <span translate="no">1</span> & <span translate="no">2</span>',
        '<span translate="no">0</span>: Notes',
    ]


def test_a_text_of_names_alone_is_not_sent() -> None:
    translator = Scripted()
    result = localized(translator, name="Fizz", subtitle="Fizz 2.0 \u2013 100 %", keywords="Fizz,7")

    assert translator.asked == []
    assert result.localizations["de-DE"].listing.subtitle == "Fizz 2.0 \u2013 100 %"
    assert result.localizations["de-DE"].listing.keywords == "Fizz,7"


def test_names_may_change_places_within_their_line() -> None:
    turned = Scripted(
        lambda text, target: " ".join(reversed(text.replace("span ", "span_").split())).replace("_", " ")
    )
    result = localized(turned, name="Fizz", subtitle="Fizz for {x}")

    assert result.localizations["de-DE"].listing.subtitle == "{x} for Fizz"
    assert len(turned.asked) == 1


def test_where_marks_do_not_come_back_the_text_around_them_is_translated_without_them() -> None:
    careless = Scripted(lambda text, target: text.upper().replace("SPAN", "Span"))
    result = localized(careless, name="Fizz", description="Fizz greets {name}, twice.\nAnd that is it.")

    assert result.localizations["de-DE"].listing.description == "Fizz GREETS {name}, TWICE.\nAND THAT IS IT."
    assert careless.texts[1:] == [
        '<span translate="no">0</span> greets <span translate="no">1</span>, twice.',
        "greets",
        ", twice.",
        "And that is it.",
    ]


def test_where_lines_do_not_come_back_each_is_translated_by_itself() -> None:
    joining = Scripted(lambda text, target: " ".join(text.split()).upper())
    result = localized(joining, description="  One\n\n\u2022 Two\r\nThree")

    assert result.localizations["de-DE"].listing.description == "  ONE\n\n\u2022 TWO\r\nTHREE"


def test_a_mark_that_moved_to_another_line_is_not_believed() -> None:
    moving = Scripted(DAMAGES["moves elements to the end"])
    result = localized(moving, description="Hello {name}\nand goodbye.")

    assert result.localizations["de-DE"].listing.description == "Hello {name}\nand goodbye."


def test_a_mark_that_a_translator_invented_means_nothing() -> None:
    inventive = Scripted(DAMAGES["makes marks of its own"])
    result = localized(inventive, name="Fizz", description="Fizz and friends")

    assert result.localizations["de-DE"].listing.description == "Fizz and friends"


@pytest.mark.parametrize("damage", ["escapes", "wraps in a paragraph"])
@pytest.mark.parametrize("text", ["R&D for {name}, isn't it", "R&D, isn't it"])
def test_html_damage_by_a_translator_is_removed(damage: str, text: str) -> None:
    result = localized(Scripted(DAMAGES[damage]), description=text)

    assert result.localizations["de-DE"].listing.description == text


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_any_translation_keeps_names_and_lines(damage: object) -> None:
    text = "Fizz greets {name} at https://a.com/?x=1&y=2.\n\n\u2022 <b>Fast</b> since v2.0, it's R&D\n"
    result = localized(Scripted(damage), name="Fizz", description=text)  # type: ignore[arg-type]

    listing = result.localizations["de-DE"].listing
    assert listing.name == "Fizz"
    if not result.localizations["de-DE"].fields["description"].shortened:
        assert listing.description is not None
        assert mask(listing.description, patterns(["Fizz"])).kept
        lines = listing.description.split("\n")
        assert [bool(line) for line in lines] == [True, False, True, False]
        for kept_part in ("Fizz", "{name}", "https://a.com/?x=1&y=2"):
            assert kept_part in lines[0]
        for kept_part in ("<b>", "</b>", "v2.0"):
            assert kept_part in lines[2]


PIECES = ["1", ".1", "1.0-beta", "-rc.1", "v1", "a.", "a@b.", "%1$", "{", "{{", "<a", "&#1", "http://", "@a"]
ENDS = ["", "x", "!", ".com", "}"]


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_long_to_look_through(piece: str) -> None:
    """A thread that searches cannot be stopped, so patterns must not backtrack."""
    began = time.process_time()
    for start in ("", "1.0-beta", "www.", "%"):
        for end in ENDS:
            mask(start + piece * (4000 // len(piece)) + end, patterns(["Fizz"]))

    assert time.process_time() - began < 5
