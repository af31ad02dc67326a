from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, ValidationError

from apps.forvibe.app_store import LIMITS, LOCALES, Listing
from apps.forvibe.job_types import listing_localization
from apps.forvibe.job_types.listing_localization import (
    JOB_TYPE,
    MAX_LOCALES,
    MAX_TERMS,
    TRANSLATABLE,
    FieldReport,
    Input,
    Localization,
    Result,
)
from apps.forvibe.tests.translators import LISTING, Scripted, localized
from local.standins import translate as standin
from tests.kit.too_much import assert_refused_cheaply

if TYPE_CHECKING:
    from claimcheck.domain.errors import FieldError

PAGE: dict[str, str] = {
    "name": "Trail Ledger: Hikes & Maps",
    "subtitle": "Hikes, mapped and kept",
    "promotional_text": "Now with offline maps.",
    "description": "Trail Ledger records your hikes.\n\n\u2022 On your own device\n\u2022 For free",
    "keywords": "hiking,gps,offline",
    "whats_new": "Routes can be shared.",
    "support_url": "https://trailledger.app/support",
    "marketing_url": "https://trailledger.app",
    "privacy_policy_url": "https://trailledger.app/privacy",
}


def of(result: Result, locale: str = "de-DE") -> Localization:
    return result.localizations[locale]


def test_every_text_is_translated_into_every_locale_and_urls_are_copied() -> None:
    result = localized(locales=["de-DE", "ja"], **PAGE)

    assert list(result.localizations) == ["de-DE", "ja"]
    for locale, code in (("de-DE", "de"), ("ja", "ja")):
        listing = of(result, locale).listing.model_dump()
        assert [field for field in LIMITS if f"[{code}: " in listing[field]] == list(LIMITS)
        assert {field: listing[field] for field in PAGE if "url" in field} == {
            field: text for field, text in PAGE.items() if "url" in field
        }


def test_missing_fields_are_not_invented() -> None:
    localization = of(localized(subtitle="Hikes", keywords=""))

    assert localization.listing.model_dump(exclude_none=True) == {
        "subtitle": "[de: Ĥîķéš ~~]",
        "keywords": "",
    }
    assert list(localization.fields) == ["subtitle", "keywords"]


def test_lines_of_a_description_stay_where_they_are() -> None:
    description = of(localized(description="One\n\n \u2022 Two\n\u2022 Three  \n---\n4")).listing.description

    assert description == "[de: Öñé ~]\n\n [de: \u2022 Ţŵö ~]\n[de: \u2022 Ţĥŕéé ~~]  \n---\n4"


def test_a_field_shows_its_length_and_whether_it_was_shortened() -> None:
    result = localized(name="Trail Ledger", subtitle="Hikes, mapped and kept")

    assert of(result).fields == {
        "name": FieldReport(length=12, limit=30, shortened=False, translated_length=12),
        "subtitle": FieldReport(length=27, limit=30, shortened=True, translated_length=34),
    }
    assert of(result).listing.subtitle == "[de: Ĥîķéš, ɱåþþéð åñð ķéþţ"


def test_locales_of_the_sources_language_are_copied_without_a_call() -> None:
    translator = Scripted()
    result = localized(translator, locales=["en-GB", "en-AU"], **PAGE)

    assert translator.asked == []
    assert result.characters_translated == 0
    assert of(result, "en-GB") == of(result, "en-AU")
    assert of(result, "en-GB").listing.model_dump() == PAGE
    assert of(result, "en-GB").fields["name"].model_dump() == {
        "length": 26,
        "limit": 30,
        "shortened": False,
        "translated_length": 26,
    }


def test_locales_that_share_a_language_share_its_translation() -> None:
    translator = Scripted()
    result = localized(
        translator, source_locale="de-DE", locales=["en-GB", "fr-FR", "en-US"], subtitle="Wandern"
    )

    assert sorted(translator.asked) == [("Wandern", "en"), ("Wandern", "fr")]
    assert list(result.localizations) == ["en-GB", "fr-FR", "en-US"]
    assert of(result, "en-GB") == of(result, "en-US")
    assert result.characters_translated == 2 * len("Wandern")


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        ("zh-Hans", "zh"),
        ("zh-Hant", "zh-TW"),
        ("fr-CA", "fr-CA"),
        ("pt-PT", "pt-PT"),
        ("es-MX", "es-MX"),
        ("pt-BR", "pt"),
        ("es-ES", "es"),
        ("no", "no"),
        ("he", "he"),
        ("sl-SI", "sl"),
    ],
)
def test_a_locale_is_asked_for_by_the_translators_name_of_it(locale: str, code: str) -> None:
    translator = Scripted()
    localized(translator, locales=[locale], subtitle="Hikes")

    assert translator.asked == [("Hikes", code)]


def test_the_characters_sent_are_counted_with_the_markup_that_protects_names() -> None:
    translator = Scripted()
    result = localized(translator, locales=["de-DE", "ja"], name="Fizz", subtitle="Hikes with Fizz")

    assert translator.texts == ['Hikes with <span translate="no">0</span>'] * 2
    assert result.characters_translated == 2 * len(translator.texts[0])


def test_it_goes_to_all_other_locales_of_the_app_store_but_those_that_cannot_be_had() -> None:
    others = sorted(TRANSLATABLE - {"en-US"})
    result = localized(locales=others, **PAGE)

    assert sorted({"or-IN"} | TRANSLATABLE) == sorted(LOCALES)
    assert len(others) == MAX_LOCALES
    for localization in result.localizations.values():
        assert all(report.length <= report.limit for report in localization.fields.values())
        assert localization.fields.keys() == LIMITS.keys()


def test_a_result_is_what_its_model_says_after_a_trip_as_json() -> None:
    result = localized(locales=["de-DE", "en-GB"], **PAGE)

    assert Result.model_validate_json(result.model_dump_json()) == result


def test_a_locale_costs_15_credits() -> None:
    data = {"project_id": "p", "listing": LISTING}

    assert JOB_TYPE.charge_for(data | {"locales": ["de-DE"]}) == 15
    assert JOB_TYPE.charge_for(data | {"locales": ["de-DE", "en-GB", "ja"]}) == 45


VALID: dict[str, Any] = {"project_id": "p", "listing": LISTING, "locales": ["de-DE"]}


def errors(**change: Any) -> list[FieldError]:
    return JOB_TYPE.errors_in(VALID | change)


def test_the_required_fields_are_enough() -> None:
    assert errors() == []


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"project_id": ""}, "/input/project_id", "at least 1 character"),
        ({"locales": []}, "/input/locales", "at least 1 item"),
        ({"locales": ["de-DE", "ja", "de-DE"]}, "/input/locales", "de-DE is listed more than once"),
        ({"locales": ["ja", "en-US"]}, "/input/locales", "en-US is the source locale"),
        ({"locales": ["ja", "or-IN"]}, "/input/locales/1", "or-IN cannot be translated"),
        ({"locales": ["de"]}, "/input/locales/0", "use de-DE"),
        ({"source_locale": "or-IN"}, "/input/source_locale", "or-IN cannot be translated"),
        ({"source_locale": "de-DE"}, "/input/locales", "de-DE is the source locale"),
        ({"listing": {}}, "/input/listing", "has no text to translate"),
        ({"listing": {"name": " ", "support_url": "https://a.b"}}, "/input/listing", "has no text"),
        ({"listing": {"title": "x"}}, "/input/listing/title", "is not a known field"),
        (
            {"listing": {"name": "x" * 31, "keywords": "k" * 101}},
            "/input/listing",
            "name has 31 characters: the App Store allows at most 30; keywords has 101 characters",
        ),
        ({"keep": [""]}, "/input/keep/0", "at least 1 character"),
        ({"keep": ["x"] * (MAX_TERMS + 1)}, "/input/keep", f"at most {MAX_TERMS} items"),
    ],
)
def test_a_wrong_input_is_refused_by_its_field_and_bound(
    change: dict[str, Any], pointer: str, words: str
) -> None:
    ((at, message),) = errors(**change)

    assert at == pointer
    assert words in message


def test_more_locales_than_there_are_to_translate_into_are_refused() -> None:
    with pytest.raises(ValidationError, match=f"at most {MAX_LOCALES} items"):
        JOB_TYPE.parse(VALID | {"locales": ["de-DE"] * (MAX_LOCALES + 1)})


def examples(model: type[BaseModel]) -> dict[str, Any]:
    return {name: field.examples[0] for name, field in model.model_fields.items() if field.examples}


def test_the_declared_examples_are_a_valid_input() -> None:
    assert JOB_TYPE.errors_in(examples(Input) | {"listing": examples(Listing)}) == []


def test_the_declared_examples_of_what_it_gives_are_true_to_each_other() -> None:
    report = FieldReport.model_validate(examples(FieldReport))

    assert report.shortened == (report.translated_length > report.limit)
    assert report.length <= report.limit


def test_the_stand_in_knows_every_language_that_a_job_can_ask_for() -> None:
    assert listing_localization.LANGUAGES <= standin.LANGUAGES


def test_too_many_locales_are_refused_cheaply() -> None:
    assert_refused_cheaply(JOB_TYPE, {"project_id": "p", "listing": {}, "locales": [1] * 400_000})
