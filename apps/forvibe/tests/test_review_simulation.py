from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from apps.forvibe.app_store import LIMITS, LOCALES, MAX_CHARACTERS, Listing
from apps.forvibe.job_types.review_simulation import JOB_TYPE, MAX_CODE, MAX_FINDINGS, Input
from apps.forvibe.review.rules import SEVERITIES
from apps.forvibe.tests.listings import ENGLISH, GERMAN, JAPANESE, context, found, reviewed, simulated, work
from tests.kit.too_much import assert_refused_cheaply

# The most that is shown within a job.
SHOWN = 256 * 1024

TERRIBLE = {
    "name": "BEST FREE App #1!!! \U0001f389 for $0.99",
    "subtitle": "Better than Instagram on Android",
    "description": "Lorem ipsum dolor sit amet. Get rich quick!!! Also on Google Play. <b>Now</b> http://localhost",
    "keywords": "app, free, apps, photo,photos,,instagram,x,photo",
    "whats_new": "test",
    "support_url": "http://localhost:3000",
}


def test_a_clean_page_is_likely_approved_with_full_score() -> None:
    result = simulated({"en-US": ENGLISH, "de-DE": GERMAN, "ja": JAPANESE})

    assert result.combined_findings == []
    assert result.codebase_review is None
    assert result.overall_summary.model_dump() == {
        "verdict": "likely_approved",
        "score": 100,
        "text": "Likely approved: no findings.",
        "counts": dict.fromkeys(SEVERITIES, 0),
        "listed": 0,
        "locales": ["de-DE", "en-US", "ja"],
        "second_opinion": "off",
    }


def test_a_terrible_page_is_likely_rejected() -> None:
    result = simulated({"en-US": TERRIBLE})

    assert result.overall_summary.verdict == "likely_rejected"
    assert result.overall_summary.score == 0
    assert result.overall_summary.counts.critical >= 4
    assert len(found(result)) >= 20


@pytest.mark.parametrize(
    ("changes", "verdict", "score"),
    [
        ({"keywords": "hike, map"}, "likely_approved", 99),
        ({"description": "Plus is $5 a year."}, "likely_approved", 100),
        ({"name": "iPhone Trails"}, "needs_changes", 95),
        ({"subtitle": "The best hikes"}, "needs_changes", 85),
        ({"subtitle": "The best #1 hikes", "name": "Best Trails"}, "needs_changes", 70),
        ({"description": "Lorem ipsum"}, "likely_rejected", 60),
        (
            {"subtitle": "Best beta for $5", "name": "Beta for $5"},
            "likely_rejected",
            25,
        ),
    ],
)
def test_the_score_counts_each_problem_once_and_the_verdict_follows(
    changes: dict[str, str], verdict: str, score: int
) -> None:
    summary = reviewed(**changes).overall_summary

    assert (summary.verdict, summary.score) == (verdict, score)


def test_a_problem_costs_the_same_in_one_locale_and_in_many() -> None:
    spoilt = {"keywords": "hike, map"}
    one = simulated({"en-US": ENGLISH | spoilt, "de-DE": GERMAN})
    both = simulated({"en-US": ENGLISH | spoilt, "de-DE": GERMAN | spoilt})

    assert one.overall_summary.score == both.overall_summary.score == 99
    assert (one.overall_summary.counts.low, both.overall_summary.counts.low) == (1, 2)


def test_findings_come_by_severity_then_locale_then_field() -> None:
    result = simulated({"ja": TERRIBLE, "en-US": TERRIBLE})

    order = [
        (
            SEVERITIES.index(each.severity),
            each.locale or "",
            list(Listing.model_fields).index(each.field or ""),
        )
        for each in result.combined_findings
    ]
    assert order == sorted(order)
    assert {each.locale for each in result.combined_findings} == {None, "en-US", "ja"}


def test_the_review_of_a_field_has_its_lengths_status_and_findings() -> None:
    result = simulated({"en-US": ENGLISH | {"name": "Trails for $3"}, "ja": JAPANESE})

    name = result.metadata_review["name"]
    assert name.status == "fail"
    assert {locale: length.model_dump() for locale, length in name.lengths.items()} == {
        "en-US": {"used": 13, "limit": 30},
        "ja": {"used": 12, "limit": 30},
    }
    assert [each.rule for each in name.findings] == ["price-in-title"]
    assert result.metadata_review.keys() == Listing.model_fields.keys()
    assert result.metadata_review["support_url"].lengths == {}
    assert result.metadata_review["subtitle"].findings == []


def test_a_field_warns_of_what_is_not_serious_and_passes_what_is_only_worth_a_look() -> None:
    assert reviewed(keywords="hike, map").metadata_review["keywords"].status == "warn"
    assert reviewed(description="Plus is $5.").metadata_review["description"].status == "pass"


def test_the_summary_says_in_words_what_was_found_and_nothing_else() -> None:
    result = reviewed(subtitle="The best hikes", keywords="hike, map")

    assert result.overall_summary.text == (
        "Needs changes. Findings: 1 high, 1 low. Most severe: The subtitle makes a claim that nobody can "
        "verify. (2.3.7) Spaces around commas waste 1 of the keyword field's 100 characters. (2.3.7)"
    )


def test_the_summary_begins_with_what_is_most_severe_and_says_it_once() -> None:
    spoilt = {"keywords": "hike, map", "privacy_policy_url": None}
    result = simulated({"en-US": ENGLISH | spoilt, "de-DE": GERMAN | spoilt})

    assert result.overall_summary.text.count("Most severe: The privacy policy URL is missing") == 1
    assert result.overall_summary.text.count("Spaces around commas") == 1


def test_each_locale_must_have_its_texts_and_one_its_addresses() -> None:
    bare = {"name": "Trail Ledger"}

    alone, beside = simulated({"ja": bare}), simulated({"en-US": ENGLISH, "ja": bare})

    assert found(alone) == {"missing-text", "missing-support-url", "missing-privacy-policy"}
    assert found(beside) == {"missing-text", "url-of-some-locales", "whats-new-of-some-locales"}
    assert {each.locale for each in beside.combined_findings} == {"ja"}
    assert [each.field for each in alone.combined_findings if each.rule == "missing-text"] == [
        "description",
        "keywords",
    ]


def test_a_copy_in_another_language_is_worth_a_look_and_in_the_same_it_is_not() -> None:
    result = simulated(dict.fromkeys(["cs", "en-US", "en-GB", "fr-FR"], ENGLISH))

    shown = [each for each in result.combined_findings if each.rule == "untranslated"]
    assert {each.locale for each in shown} == {"cs", "fr-FR"}
    assert all("in en-GB" in each.message and each.severity == "info" for each in shown)
    assert result.overall_summary.score == 100


def test_a_description_without_a_letter_of_its_script_is_worth_a_look() -> None:
    assert "other-script" in found(simulated({"ru": ENGLISH}))
    assert found(simulated({"ja": JAPANESE})) == set()
    assert found(simulated({"fr-FR": ENGLISH})) == set()


def test_each_locale_is_reported_as_progress() -> None:
    job = context()

    work({"project_id": "p", "listings": {"ja": JAPANESE, "de-DE": GERMAN}}, job)

    assert job.reported == [(1, 2, "de-DE"), (2, 2, "ja")]


def test_the_same_page_has_the_same_review_in_any_order() -> None:
    locales = sorted(LOCALES)
    shuffled = random.Random(7).sample(locales, len(locales))

    first = simulated(dict.fromkeys(locales, TERRIBLE))
    again = simulated(dict.fromkeys(shuffled, TERRIBLE))

    assert again.model_dump_json() == first.model_dump_json()


def test_the_longest_review_is_still_shown_within_its_job() -> None:
    worst = {
        "name": "\u6700\u4f73 " * 20 + "\u514d\u8d39 \U0001f389 Instagram",
        "subtitle": "\u6700\u4f73\u514d\u8d39 Android TikTok beta for kids " * 5,
        "description": "\u767b" * 3000 + "Lorem ipsum {{" + "\u767b" * 58 + "}} $1 $2 $3 " + "\u767b" * 3000,
        "keywords": "\u767b" * 5000 + ", ,app,app,#1",
    }

    result = simulated(dict.fromkeys(LOCALES, worst))

    summary = result.overall_summary
    assert found(simulated({"en-US": worst})) <= found(result)
    assert len(result.combined_findings) == summary.listed == MAX_FINDINGS
    assert sum(summary.counts.model_dump().values()) > MAX_FINDINGS
    assert len(result.model_dump_json().encode()) < SHOWN


HOSTILE = [
    "a", " ", ",", ".", "!", "x", "X", "\n", "\u0301", "\u767b", "\U0001f389", "$", "1", "-", "@", "{", "<b",
    "%", "A", "A ", "a.", "a,", "1.", "TODO ", "TODO", "www.", "https://", "https://a ", "{{", "${", "[your ",
    "<your ", "AA ", "AAAAAAAA ", "AA AA AA AA AA AA A ", "the best ", "best app ", "#1 ", "a@", "a.com ",
    "\u00c3", "&nbsp", "\ufb01", "\u0130", "\u00df", "\u0e1f\u0e23\u0e35", "\ufdfa", "no. ", "a-", "a_",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_page_full_of_anything_is_reviewed_in_no_time(piece: str) -> None:
    full = (piece * MAX_CHARACTERS)[:MAX_CHARACTERS]

    before = time.process_time()
    reviewed(**dict.fromkeys(ENGLISH, full))

    # Nine fields: about 50 ms on an idle core. A quadratic rule would take minutes.
    assert time.process_time() - before < 2


HOSTILE_CODE = [
    "a", " ", "\n", "_", ".", "NS", "NSa", "http://", "http://10.1", "https://test.", "a.", "a-", "delete ",
    "sk_live_", "AKIA", "AIza", "xoxb-", "// ", "\t*", '"', "import Stripe", "<dict>", "needs access ",
    "\u767b",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE_CODE)
def test_a_codebase_full_of_anything_is_reviewed_in_no_time(piece: str) -> None:
    names = ("a.swift", "Info.plist", "a.json")
    share = MAX_CODE // len(names)
    files = [{"path": name, "content": (piece * share)[:share]} for name in names]

    before = time.process_time()
    simulated({"en-US": ENGLISH}, codebase={"files": files})

    assert time.process_time() - before < 4


WORDS = st.sampled_from(
    [*HOSTILE, "free", "best", "Android", "Google Play", "beta", "lorem ipsum", "for kids"]
)
TEXTS = st.text(max_size=300) | st.lists(WORDS | st.text(max_size=5), max_size=60).map("".join)
LISTINGS = st.fixed_dictionaries({}, optional=dict.fromkeys(ENGLISH, TEXTS | st.none()))


@given(st.dictionaries(st.sampled_from(sorted(LOCALES)), LISTINGS, min_size=1, max_size=3))
def test_every_page_is_reviewed(listings: dict[str, Any]) -> None:
    result = simulated(listings)

    assert json.loads(result.model_dump_json().encode())["overall_summary"]["locales"] == sorted(listings)
    for finding in result.combined_findings:
        assert finding.field in ENGLISH
        assert finding.locale is None or finding.locale in listings
        assert len(finding.evidence) <= 60


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"project_id": ""}, ("project_id",)),
        ({"listings": {}}, ("listings",)),
        ({"listings": {"de": {}}}, ("listings", "de", "[key]")),
        ({"listings": {"ja": {"name": "x" * 10_001}}}, ("listings", "ja", "name")),
        ({"listings": {"ja": {"title": "x"}}}, ("listings", "ja", "title")),
        ({"codebase": {"files": []}}, ("codebase", "files")),
        ({"codebase": {"files": [{"path": "a"}]}}, ("codebase", "files", 0, "content")),
        ({"codebase": {"files": [{"path": "a", "content": "x"}] * 201}}, ("codebase", "files")),
        ({"codebase": {"files": [{"path": "a", "content": "x" * 300_000}] * 2}}, ("codebase", "files")),
        ({"category": "travel"}, ("category",)),
    ],
)
def test_an_input_out_of_bounds_is_refused_by_the_name_of_its_field(
    change: dict[str, Any], where: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        Input.model_validate({"project_id": "p", "listings": {"en-US": ENGLISH}} | change)

    assert [error["loc"] for error in refused.value.errors()] == [where]


def test_the_error_for_a_too_large_codebase_has_its_size_and_the_limit() -> None:
    files = [{"path": "a", "content": "x" * 300_000}] * 2

    (error,) = JOB_TYPE.errors_in({"project_id": "p", "listings": {"ja": {}}, "codebase": {"files": files}})

    assert error.message == "has 600,000 characters in all its files: at most 500,000 are allowed"


def test_a_simulation_costs_50_credits_on_a_paid_plan() -> None:
    assert JOB_TYPE.charge_for({"project_id": "p", "listings": {"en-US": ENGLISH}}) == 50
    assert JOB_TYPE.paid_plan


def test_the_declared_examples_are_an_input() -> None:
    example = {name: each.examples[0] for name, each in Input.model_fields.items() if each.examples}

    assert Input.model_validate(example)
    assert set(LIMITS) < set(ENGLISH)


def test_too_many_listings_are_refused_cheaply() -> None:
    assert_refused_cheaply(
        JOB_TYPE, {"project_id": "p", "listings": {str(number): 1 for number in range(90_000)}}
    )
