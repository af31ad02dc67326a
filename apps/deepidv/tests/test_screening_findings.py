"""From documents to findings: one per story, with a correct score and summary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.deepidv.tests.screened import screen

if TYPE_CHECKING:
    from apps.deepidv.job_types.adverse_media_screening import Result

FRAUD = "John Doe was convicted of fraud on Monday."


def document(title: str = "Doe convicted", text: str = FRAUD, **more: Any) -> dict[str, Any]:
    return {"title": title, "text": text} | more


def points(result: Result) -> dict[str, int]:
    return {part.part: part.points for part in result.score_parts}


def test_a_finding_carries_what_proves_it() -> None:
    result = screen(
        document(
            "Banker convicted",
            "It rained. " + FRAUD,
            url="https://www.courier.example/1",
            publishedAt="2026-03-01T10:00:00Z",
        )
    )

    assert result.model_dump(mode="json")["findings"] == [
        {
            "title": "Banker convicted",
            "url": "https://www.courier.example/1",
            "source": "courier.example",
            "publishedAt": "2026-03-01T10:00:00Z",
            "categories": ["FRAUD"],
            "stage": "CONVICTED",
            "severity": 60,
            "matchedName": "John Doe",
            "matchScore": 1.0,
            "matchReasons": [],
            "denied": False,
            "evidence": FRAUD,
            "alsoReported": [],
        }
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            document("Banker Doe convicted of fraud"),
            document("Banker Doe convicted of fraud | The Herald", FRAUD + " "),
        ),
        (document("Doe Convicted Of Fraud", ""), document("Of fraud convicted: Doe", "")),
        (
            document("A", "It was a long week: " + FRAUD + "."),
            document("B", "It was a long week: " + FRAUD + "."),
        ),
    ],
)
def test_one_story_in_two_papers_is_one_finding(one: dict[str, Any], other: dict[str, Any]) -> None:
    for each in (one, other):
        each["title"] = each["title"].replace("Doe", "John Doe")

    result = screen(one | {"source": "Courier"}, other | {"source": "Herald"})

    assert result.total_hits == 1
    assert [report.source for report in result.findings[0].also_reported] == ["Herald"]
    assert points(result)["corroboration"] == 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "John Doe charged with fraud over the Acme millions",
            "John Doe convicted of fraud over the Acme millions",
        ),
        ("Court report: John Doe convicted of fraud", "Court report: John Doe convicted of murder"),
    ],
)
def test_similar_titles_with_other_content_are_separate_findings(one: str, other: str) -> None:
    result = screen(document(one, ""), document(other, ""))

    assert result.total_hits == 2


def test_one_title_over_two_texts_is_two_findings() -> None:
    result = screen(
        FRAUD, "Three pensioners lost all they had when the banker John Doe, now convicted, began his fraud."
    )

    assert result.total_hits == 2


def test_stories_of_other_days_and_titles_are_findings_of_their_own() -> None:
    result = screen(
        document("John Doe convicted of fraud", "", publishedAt="2026-01-01"),
        document("John Doe convicted of fraud", "", publishedAt="2026-03-01"),
        document("John Doe charged with murder", ""),
    )

    assert result.total_hits == 3
    assert result.exposures_by_category == {"FRAUD": 2, "VIOLENCE": 1}


def test_the_same_document_twice_corroborates_nothing() -> None:
    one = document(url="https://courier.example/1")

    result = screen(one, one, document("Another title", url="https://courier.example/1"))

    assert result.total_hits == 1
    assert result.findings[0].also_reported == []
    assert points(result) == {"gravest_finding": 60}


def test_papers_of_unknown_source_count_as_one() -> None:
    result = screen(document(), document(text="Well. " + FRAUD))

    assert len(result.findings[0].also_reported) == 1
    assert "corroboration" not in points(result)


def test_a_passage_that_counts_for_anything_is_not_set_aside() -> None:
    counting = screen("The Serious Fraud Office charged John Doe with bribery.")
    clearing = screen("John Doe was acquitted of fraud and of bribery. John Doe was acquitted of murder.")

    assert (counting.total_hits, counting.screened.set_aside) == (1, 0)
    assert (clearing.total_hits, clearing.screened.set_aside) == (0, 2)
    assert clearing.summary.endswith(
        "Two passages were set aside: the subject is cleared there, or not the offender."
    )


def test_a_doubtful_name_weighs_less() -> None:
    sure, doubtful = screen(FRAUD), screen("J. Doe was convicted of fraud.")

    assert points(sure) == {"gravest_finding": 60}
    assert points(doubtful) == {"gravest_finding": 49}
    assert "name match 0.82" in doubtful.score_parts[0].why


def test_the_score_has_a_ceiling_which_is_one_of_its_parts() -> None:
    bombs = [document("John Doe convicted of terrorism", "", source=f"Paper {n}") for n in range(5)]
    others = [document(f"{n * 37} {n * 91}: John Doe convicted of murder", "") for n in range(9)]

    result = screen(*bombs, *others)

    assert points(result) == {
        "gravest_finding": 80,
        "further_findings": 25,
        "corroboration": 15,
        "ceiling": -20,
    }
    assert (result.risk_score, result.risk_level) == (100, "HIGH")


@pytest.mark.parametrize(
    ("text", "score", "level"),
    [
        ("John Doe sails.", 0, "NONE"),
        ("John Doe accused of fraud.", 24, "LOW"),
        ("John Doe accused of bribery.", 26, "MEDIUM"),
        ("John Doe penalised: the court fined him for murder, and ordered to pay.", 51, "MEDIUM"),
        (FRAUD, 60, "HIGH"),
    ],
)
def test_the_level_follows_from_the_score(text: str, score: int, level: str) -> None:
    result = screen(text)

    assert (result.risk_score, result.risk_level) == (score, level)


@pytest.mark.parametrize(
    ("subject", "text", "score"),
    [
        ({"dateOfBirth": "1980-02-29"}, "John Doe, 46, was convicted of fraud.", 1.0),
        ({"dateOfBirth": "1980-02-29"}, "J. Doe (born 29 February 1980) was convicted of fraud.", 0.92),
        ({"dateOfBirth": "1980-02-29"}, "The 46-year-old banker J. Doe was convicted of fraud.", 0.87),
        ({"dateOfBirth": "1980-02-29"}, "J. Doe was convicted of fraud in 1999.", 0.82),
        ({"countries": ["GB"]}, "British banker J. Doe was convicted of fraud.", 0.85),
        ({"countries": ["FR"]}, "British banker J. Doe was convicted of fraud.", 0.82),
        ({"countries": ["FR"]}, "The banker J. Doe was convicted of fraud.", 0.82),
    ],
)
def test_an_age_or_a_country_in_the_text_makes_the_match_surer(
    subject: dict[str, Any], text: str, score: float
) -> None:
    result = screen(document(text=text, publishedAt="2026-06-01"), subject={"name": "John Doe"} | subject)

    assert [finding.match_score for finding in result.findings] == [score]


@pytest.mark.parametrize(
    "text",
    [
        "John Doe, 19, was convicted of fraud.",
        "The 71-year-old banker John Doe was convicted of fraud.",
        "John Doe (born in 1955) was convicted of fraud.",
    ],
)
def test_a_namesake_of_another_age_is_not_the_subject(text: str) -> None:
    sent = document(text=text, publishedAt="2026-06-01")

    strict = screen(sent, subject={"name": "John Doe", "dateOfBirth": "1980-02-29"})
    lax = screen(sent, subject={"name": "John Doe", "dateOfBirth": "1980-02-29"}, minimumMatch=0.5)

    assert strict.findings == []
    assert strict.screened.naming == 0
    assert lax.findings[0].match_score == 0.6
    assert "the text says" in lax.findings[0].match_reasons[0]


SUBJECTS = ["John Doe", "J. Doe", "Jane Roe", "Doe", "John Doe Smith"]
FOREIGN = ["Джон Доу был осуждён за мошенничество.", "John Doe wurde wegen Betrugs nicht verurteilt."]
DEEDS = [
    "was convicted of",
    "was charged with",
    "denied",
    "accused of",
    "was acquitted of",
    "spoke about",
    "and",
]
OFFENCES = ["fraud", "murder", "bribery", "money laundering", "tax evasion", "sailing"]
SENTENCE = st.builds(
    lambda who, did, what: f"{who} {did} {what} there.",
    st.sampled_from(SUBJECTS),
    st.sampled_from(DEEDS),
    st.sampled_from(OFFENCES),
)
DOCUMENT = st.builds(
    lambda title, sentences, source, day: document(
        title, " ".join(sentences), source=source, publishedAt=day
    ),
    SENTENCE,
    st.lists(SENTENCE | st.sampled_from(FOREIGN), max_size=4),
    st.sampled_from(["Courier", "Herald", "Ledger"]),
    st.sampled_from(["2026-01-01", "2026-06-01"]),
)
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@given(st.lists(DOCUMENT, min_size=1, max_size=12))
def test_score_counts_and_summary_say_what_the_findings_say(documents: list[dict[str, Any]]) -> None:
    result = screen(*documents)

    assert sum(part.points for part in result.score_parts) == result.risk_score
    assert 0 <= result.risk_score <= 100
    assert (result.risk_level == "NONE") == (result.findings == [])
    assert result.total_hits == len(result.findings)
    assert_counted(result)
    assert_summed_up(result)


def assert_counted(result: Result) -> None:
    named = [category for finding in result.findings for category in finding.categories]
    assert result.exposures_by_category == {category: named.count(category) for category in named}
    for finding in result.findings:
        assert finding.matched_name in finding.evidence or "surname only" in finding.match_reasons
        assert len(finding.evidence) <= 300


def assert_summed_up(result: Result) -> None:
    """Assert that the summary's numbers and categories are exactly those of the findings."""
    reported = dict(re.findall(r"([A-Z]{2}[A-Z_]+) \((\d+)\)", result.summary))
    assert reported == {category: str(count) for category, count in result.exposures_by_category.items()}
    words = {number for number, word in enumerate(NUMBERS) if re.search(rf"\b{word}\b", result.summary)}
    digits = {int(number) for number in re.findall(r"\b\d+\b", result.summary)}
    sources = {
        report.source for finding in result.findings[:1] for report in (finding, *finding.also_reported)
    }
    known = {
        result.total_hits,
        sum(finding.denied for finding in result.findings),
        result.screened.set_aside,
        result.screened.documents,
        result.screened.naming,
        result.screened.unread,
        len(sources),
        *result.exposures_by_category.values(),
    }
    assert words | digits <= known


def test_documents_in_another_language_are_reported() -> None:
    one, more = screen(FOREIGN[0]), screen(*FOREIGN, "John Doe sails.")

    assert (one.risk_level, one.screened.unread, more.screened.unread) == ("NONE", 1, 2)
    assert one.summary == (
        "No adverse-media findings in 1 document, 0 of which name the subject. "
        "One document does not seem to be in English and was not read."
    )
    assert more.summary.endswith("Two documents do not seem to be in English and were not read.")


@pytest.mark.parametrize("shown", [FRAUD, "John Doe was acquitted of fraud."])
def test_a_document_with_a_statement_counts_as_read(shown: str) -> None:
    result = screen(f"{shown} {FOREIGN[0] * 9}")

    assert result.total_hits + result.screened.set_aside == 1
    assert result.screened.unread == 0


def test_the_order_of_documents_changes_nothing() -> None:
    sent = [
        document("John Doe charged with theft", "", source="Courier"),
        document("John Doe charged with theft", "", source="Herald"),
        document("John Doe convicted of bribery", "", publishedAt="2026-01-01"),
        document("John Doe convicted of murder", "", url="https://a.example/"),
    ]

    assert screen(*sent) == screen(*reversed(sent))


def test_a_long_sentence_is_quoted_around_the_name_and_the_offence() -> None:
    text = (
        "Once "
        + "upon a time " * 60
        + "John Doe was, "
        + "as it was said, " * 8
        + "convicted of fraud "
        + "and so on " * 60
    )

    (finding,) = screen(text).findings

    assert len(finding.evidence) <= 300
    assert finding.evidence.startswith("\u2026 ")
    assert finding.evidence.endswith(" \u2026")
    assert "John Doe was," in finding.evidence
    assert "convicted of fraud" in finding.evidence
