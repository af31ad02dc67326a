"""The job type as a whole: its inputs, its errors, its results, and its time limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from pydantic import ValidationError

from apps.deepidv.handlers.adverse_media_screening import handle
from apps.deepidv.job_types.adverse_media_screening import JOB_TYPE, Input, Result
from apps.deepidv.screening.lexicon import CATEGORIES
from apps.deepidv.tests.screened import context, parsed, screen
from claimcheck.domain.outcome import Fail
from tests.kit.too_much import assert_refused_cheaply
from tests.kit.world import World

FRAUD = "John Doe was convicted of fraud on Monday."


def test_a_result_has_the_fields_of_the_contract() -> None:
    result = json.loads(screen(FRAUD).model_dump_json())

    assert list(result) == [
        "totalHits",
        "riskLevel",
        "riskScore",
        "summary",
        "findings",
        "exposuresByCategory",
        "scoreParts",
        "screened",
    ]
    assert (result["totalHits"], result["riskLevel"], result["riskScore"]) == (1, "HIGH", 60)
    assert result["exposuresByCategory"] == {"FRAUD": 1}
    assert result["summary"] == (
        "One adverse-media finding in 1 document, 1 of which names the subject. Categories: FRAUD (1). "
        "Most severe: FRAUD (conviction)."
    )


def test_the_engine_takes_it_does_it_and_shows_it() -> None:
    world = World(handlers={JOB_TYPE.name: handle}, job_types=[JOB_TYPE])
    sent = {"subject": {"fullName": "John Doe"}, "documents": [{"title": "News", "text": FRAUD}]}
    accepted = world.request("POST", "/v1/jobs", {"type": JOB_TYPE.name, "input": sent})

    world.work()

    job = world.request("GET", accepted.headers["Location"]).json
    assert job["status"] == "completed", job
    schema = Result.model_json_schema(mode="serialization")
    assert list(Draft202012Validator(schema).iter_errors(job["result"])) == []
    assert job["result"]["findings"][0]["matchedName"] == "John Doe"


def test_documents_of_other_days_are_left_out_and_undated_ones_are_not() -> None:
    days = ["2025-12-31", "2026-01-01", "2026-01-31T23:59:59Z", "2026-02-01", None]
    sent = [{"title": f"No. {n}", "publishedAt": day} for n, day in enumerate(days)]

    january: Any = {"from": "2026-01-01", "to": "2026-01-31"}

    result = screen(*sent, **january)

    assert result.screened.documents == 3
    assert screen(*sent).screened.documents == 5
    assert screen(*sent, lookbackMonths=5).screened.documents == 3


def test_a_better_match_can_be_asked_for() -> None:
    text = "J. Doe was convicted of fraud."

    assert screen(text).total_hits == 1
    assert screen(text, minimumMatch=0.83).total_hits == 0


def test_categories_can_be_asked_for() -> None:
    text = "John Doe was convicted of fraud and murder."

    assert screen(text, categories=["VIOLENCE"]).exposures_by_category == {"VIOLENCE": 1}


def test_a_firm_is_screened_as_one() -> None:
    result = screen(
        "Acme Trading Ltd was fined for bribery.", subject={"name": "Acme Trading"}, type="organization"
    )

    assert result.findings[0].matched_name == "Acme Trading Ltd"


def test_a_firm_of_two_letters_is_screened_as_one() -> None:
    result = screen("BP was fined for bribery.", subject={"name": "BP"}, type="organization")

    assert (result.findings[0].matched_name, result.findings[0].stage) == ("BP", "PENALISED")


def test_nothing_found_says_what_was_looked_through() -> None:
    result = screen("John Doe sails.", "Jane Roe was convicted of fraud.")

    assert result.summary == "No adverse-media findings in 2 documents, 1 of which names the subject."
    assert (result.risk_level, result.risk_score, result.score_parts) == ("NONE", 0, [])


def test_documents_need_no_news_search() -> None:
    job = context("http://192.0.2.1/")

    assert screen(FRAUD, job=job).total_hits == 1


def test_long_screenings_report_their_progress() -> None:
    job = context()

    screen(*[f"{FRAUD} {n}" for n in range(25)], job=job)

    assert job.reported == [(10, 25, "documents screened"), (20, 25, "documents screened")]


@pytest.mark.parametrize("kind", ["person", "organization"])
def test_a_name_without_letters_fails_by_its_name(kind: str) -> None:
    with pytest.raises(Fail) as failed:
        screen(FRAUD, subject={"name": "__"}, type=kind)

    assert failed.value.code == "unreadable_name"


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=2, max_size=30),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), min_size=1, max_size=4),
)
def test_no_text_and_no_name_breaks_it(name: str, texts: list[str]) -> None:
    try:
        result = screen(*[f"{text} {name} fraud" for text in texts], subject={"name": name})
    except (ValidationError, Fail):
        return

    assert Result.model_validate_json(result.model_dump_json()) == result


WORDS = [
    "the",
    "court",
    "of",
    "appeal",
    "said",
    "on",
    "Monday",
    "that",
    "John",
    "Doe",
    "and",
    "Jane",
    "Roe",
    "were",
    "charged",
    "with",
    "fraud",
    "in",
    "London",
]


UNITS = [
    "The court of appeal said on Monday that John Doe and Jane Roe were charged with fraud in London. ",
    "Doe ",
    "John Doe ",
    "John Doe, ",
    "J. ",
    "John Doe fraud ",
    "John Doe fraud. ",
    "He stole. ",
    "fraud ",
    "charges no evidence ",
    "paid took accepting ",
    "not been being ",
    "x",
    "X. ",
    " ",
    "\n",
    "\u0301",
    "é",
    "'",
    "a'",
    "John-",
    "born ",
    "not the ",
    "lawyer for John Doe, ",
    "John Doe's former ",
    "John Doe plays the ",
    "д",
]


# The first kind, which is typical, fills a request; the others fill a part.
@pytest.mark.parametrize(("unit", "documents"), [(UNITS[0], 10), *((unit, 3) for unit in UNITS)])
def test_no_documents_take_longer_than_their_length_explains(unit: str, documents: int) -> None:
    # Ten are a fifth of what a request of 1 MiB has room for.
    text = ("John Doe. " + unit * 20_000)[:20_000]
    names = {
        "name": "John Doe",
        "aliases": [f"Jo{n} Archibald Doe" for n in range(10)],
        "dateOfBirth": "1980-01-01",
    }
    shown = [{"title": f"John Doe {n}", "text": text} for n in range(documents)]
    sent = parsed(subject=names, documents=shown)
    started = time.process_time()

    handle(sent, context())

    assert time.process_time() - started < JOB_TYPE.timeout / 10 * documents / 10


VALID: dict[str, Any] = {"subject": {"name": "John Doe"}}
DOCUMENT = {"title": "News"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"subject": {}}, ("subject",)),
        ({"subject": {"name": "John Doe", "fullName": "John Doe"}}, ("subject",)),
        ({"subject": {"name": "J"}}, ("subject", "name")),
        ({"subject": {"name": "  "}}, ("subject", "name")),
        ({"subject": {"name": "x" * 101}}, ("subject", "name")),
        ({"subject": {"full_name": "John Doe"}}, ("subject", "full_name")),
        ({"subject": {"name": "John Doe", "aliases": ["Jack"] * 11}}, ("subject", "aliases")),
        ({"subject": {"name": "John Doe", "dateOfBirth": "29.2.1980"}}, ("subject", "dateOfBirth")),
        ({"subject": {"name": "John Doe", "countries": ["XX"]}}, ("subject", "countries", 0)),
        ({"subject": {"name": "John Doe", "countries": ["gb"]}}, ("subject", "countries", 0)),
        ({"type": "company"}, ("type",)),
        ({"documents": []}, ("documents",)),
        ({"documents": [DOCUMENT] * 101}, ("documents",)),
        ({"documents": [{"title": ""}]}, ("documents", 0, "title")),
        ({"documents": [DOCUMENT | {"text": "x" * 20_001}]}, ("documents", 0, "text")),
        ({"documents": [DOCUMENT | {"url": "ftp://a.example"}]}, ("documents", 0, "url")),
        ({"from": "1899-12-31"}, ("from",)),
        ({"from": "2026-02-01", "to": "2026-01-31"}, ()),
        ({"from": "2026-02-01", "lookbackMonths": 2}, ()),
        ({"lookbackMonths": 0}, ("lookbackMonths",)),
        ({"lookbackMonths": 121}, ("lookbackMonths",)),
        ({"categories": []}, ("categories",)),
        ({"categories": ["SPAM"]}, ("categories", 0)),
        ({"minimumMatch": 0.49}, ("minimumMatch",)),
        ({"minimumMatch": 1.01}, ("minimumMatch",)),
        ({"minimum_match": 0.9}, ("minimum_match",)),
    ],
)
def test_an_input_out_of_bounds_is_refused_by_the_name_of_its_field(
    change: dict[str, Any], place: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        Input.model_validate_json(json.dumps(VALID | change))

    assert [error["loc"] for error in refused.value.errors()] == [place]


@pytest.mark.parametrize("subject", [{"name": '"x"y(z)'}, {"name": "John Doe", "aliases": ["- -"]}])
def test_a_name_that_cannot_be_read_is_refused_in_words(subject: dict[str, Any]) -> None:
    [wrong] = JOB_TYPE.errors_in(VALID | {"subject": subject})

    assert wrong.message == "needs two letters or digits side by side"


@pytest.mark.parametrize("published", ["2026-03-01T10:00:00", "yesterday", 5])
def test_a_time_without_its_offset_is_no_time(published: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Input.model_validate_json(json.dumps(VALID | {"documents": [DOCUMENT | {"publishedAt": published}]}))

    assert {error["loc"][:3] for error in refused.value.errors()} == {("documents", 0, "publishedAt")}


def test_each_category_has_a_description_and_a_weight() -> None:
    schema = json.dumps(Input.model_json_schema())

    assert all(category in schema for category in CATEGORIES)
    weights = [terms.weight for terms in CATEGORIES.values()]
    assert weights == sorted(weights, reverse=True)


def test_declaring_the_job_type_does_not_load_the_work() -> None:
    module = "apps.deepidv.job_types.adverse_media_screening"
    code = f"import sys, {module}; assert 'apps.deepidv.screening' not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": os.pathsep.join(sys.path)})


def test_too_many_categories_are_refused_cheaply() -> None:
    assert_refused_cheaply(JOB_TYPE, {"subject": {"name": "John Doe"}, "categories": ["FRAUD"] * 100_000})


def test_a_category_that_is_named_twice_is_refused() -> None:
    [wrong] = JOB_TYPE.errors_in({"subject": {"name": "John Doe"}, "categories": ["FRAUD", "FRAUD"]})

    assert (wrong.pointer, wrong.message) == ("/input/categories", "names a category more than once")
