from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from apps.forvibe.app_store import (
    LIMITS,
    LOCALES,
    MAX_CHARACTERS,
    URL_FIELDS,
    Listing,
    Locale,
    language,
    measure,
)
from apps.forvibe.tests.listings import ENGLISH

LOCALE: TypeAdapter[str] = TypeAdapter(Locale)


def refusal(locale: str) -> str:
    with pytest.raises(ValidationError) as refused:
        LOCALE.validate_python(locale)
    return str(refused.value.errors()[0]["msg"])


def test_a_listing_says_what_it_was_given_and_none_of_the_rest() -> None:
    listing = Listing.model_validate({"name": "Trail Ledger"})

    assert listing.name == "Trail Ledger"
    assert listing.model_dump(exclude_none=True) == {"name": "Trail Ledger"}


def test_every_field_is_a_text_with_a_limit_or_an_address() -> None:
    assert list(Listing.model_fields) == [*LIMITS, *URL_FIELDS]
    assert Listing.model_validate(ENGLISH).model_dump() == ENGLISH


@pytest.mark.parametrize("field", Listing.model_fields)
def test_a_field_may_be_over_apples_limit_but_not_endless(field: str) -> None:
    assert Listing.model_validate({field: "x" * MAX_CHARACTERS})

    with pytest.raises(ValidationError) as refused:
        Listing.model_validate({field: "x" * (MAX_CHARACTERS + 1)})
    assert refused.value.errors()[0]["loc"] == (field,)


@pytest.mark.parametrize("listing", [{"title": "x"}, {"name": 1}, {"keywords": ["hiking"]}])
def test_an_invalid_listing_is_refused(listing: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Listing.model_validate(listing)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("hiking,gps", 10),
        ("müßig", 5),
        ("東京", 2),
        ("e\u0301", 2),
        ("🏔", 2),
        # Apple Developer Forums, "App Store Connect Calculate Character Length for Thai": this fits.
        (
            "ตัวแก้ไข xliff, การแปลเป็นภาษาท้องถิ่น, เครื่องมือ xliff, xcode, การแปล xliff, xcloc, การแปลงข้อความ",
            LIMITS["keywords"],
        ),
    ],
)
def test_a_text_is_measured_in_utf_16_code_units(text: str, length: int) -> None:
    assert measure(text) == length


def test_there_are_the_50_locales_of_app_store_connect() -> None:
    assert len(LOCALES) == 50
    assert all(re.fullmatch(r"[a-z]{2}(-[A-Z]{2}|-Han[st])?", locale) for locale in LOCALES)
    assert {LOCALE.validate_python(locale) for locale in LOCALES} == LOCALES


@pytest.mark.parametrize(
    ("locale", "hint"),
    [
        ("de", "use de-DE"),
        ("EN_us", "use en-AU or en-CA or en-GB or en-US"),
        ("ja-JP", "use ja"),
        ("zh-CN", "use zh-Hans or zh-Hant"),
        ("tlh", "one such as en-US"),
        ("", "one such as en-US"),
    ],
)
def test_the_error_for_an_unknown_locale_suggests_a_known_one(locale: str, hint: str) -> None:
    assert hint in refusal(locale)


def test_the_schema_of_a_locale_lists_them() -> None:
    assert set(LOCALE.json_schema()["enum"]) == LOCALES


def test_two_locales_share_a_language_and_chinese_scripts_do_not() -> None:
    assert language("en-AU") == language("en-US") == "en"
    assert language("ja") == "ja"
    assert language("zh-Hans") != language("zh-Hant")
