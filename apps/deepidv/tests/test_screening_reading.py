"""Statements of a sentence against the person it names, by offence and stage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.deepidv.screening.lexicon import CATEGORIES
from apps.deepidv.screening.reading import Reading, read
from apps.deepidv.screening.stages import STAGES
from apps.deepidv.tests.screened import mentions, screen


def reading(sentence: str, name: str = "John Doe") -> Reading:
    return read(sentence, mentions(name, sentence)[0], CATEGORIES)


def reported(sentence: str) -> dict[str, str]:
    return {exposure.category: exposure.stage for exposure in reading(sentence).exposures}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("John Doe was convicted of fraud on Monday.", {"FRAUD": "CONVICTED"}),
        ("Fraudster John Doe jailed for six years", {"FRAUD": "CONVICTED"}),
        ("JOHN DOE PLEADS GUILTY TO MONEY LAUNDERING", {"MONEY_LAUNDERING": "CONVICTED"}),
        ("John Doe was charged with fraud in 2015 and convicted in 2017.", {"FRAUD": "CONVICTED"}),
        ("John Doe was convicted of fraud while Jane Smith was acquitted.", {"FRAUD": "CONVICTED"}),
        ("The court convicted John Doe of fraud; Jane Smith was acquitted.", {"FRAUD": "CONVICTED"}),
        (
            "US Treasury sanctions John Doe over corruption",
            {"SANCTIONS": "PENALISED", "BRIBERY_CORRUPTION": "PENALISED"},
        ),
        (
            "John Doe was fined $3m by the regulator for market manipulation.",
            {"MARKET_ABUSE": "PENALISED", "REGULATORY": "PENALISED"},
        ),
        ("John Doe pleaded not guilty to fraud.", {"FRAUD": "CHARGED"}),
        ("John Doe faces 20 years in prison if convicted of wire fraud.", {"FRAUD": "CHARGED"}),
        ("John Doe denied fraud charges.", {"FRAUD": "CHARGED"}),
        ("John Doe and Jane Roe are on trial for murder.", {"VIOLENCE": "CHARGED"}),
        ("John Doe was charged with alleged fraud.", {"FRAUD": "CHARGED"}),
        ("Police are investigating John Doe over alleged tax evasion.", {"TAX_CRIME": "INVESTIGATION"}),
        ("John Doe was arrested in a drug trafficking probe.", {"DRUG_TRAFFICKING": "INVESTIGATION"}),
        ("John Doe accused of bribery", {"BRIBERY_CORRUPTION": "ALLEGATION"}),
        ("John Doe sued for fraud", {"FRAUD": "ALLEGATION"}),
        ("John Doe embezzled $3m.", {"FRAUD": "ALLEGATION"}),
        ("The hacker John Doe has fled.", {"CYBERCRIME": "ALLEGATION"}),
        ("John Doe and the fraud at Acme", {"FRAUD": "MENTION"}),
        ("Jane Smith was acquitted; John Doe knew of the fraud.", {"FRAUD": "MENTION"}),
        ("John Doe knew of the fraud; acquitted were the others.", {"FRAUD": "MENTION"}),
        ("John Doe, convicted of fraud in 2010, was acquitted of bribery.", {"FRAUD": "CONVICTED"}),
        ("John Doe was acquitted of fraud but convicted of bribery.", {"BRIBERY_CORRUPTION": "CONVICTED"}),
        (
            "The court acquitted Smith of fraud and convicted John Doe of bribery.",
            {"BRIBERY_CORRUPTION": "CONVICTED"},
        ),
        ("The Serious Fraud Office charged John Doe with bribery.", {"BRIBERY_CORRUPTION": "CHARGED"}),
        ("Former prosecutor John Doe was charged with fraud.", {"FRAUD": "CHARGED"}),
        ("John Doe, a lawyer, was convicted of theft.", {"THEFT": "CONVICTED"}),
        ("John Doe, the lawyer who stole $2m from clients, has fled.", {"THEFT": "ALLEGATION"}),
        ("John Doe, a lawyer, convicted of theft, has fled.", {"THEFT": "CONVICTED"}),
        ("It was John Doe, not Jane Roe, who was convicted of fraud.", {"FRAUD": "CONVICTED"}),
        ("It was not John Doe's first conviction for fraud.", {"FRAUD": "CONVICTED"}),
        ("It was not John Doe alone who was convicted of fraud.", {"FRAUD": "CONVICTED"}),
        ("Not only John Doe was convicted of fraud.", {"FRAUD": "CONVICTED"}),
        ("The jury asked whether or not John Doe had committed fraud.", {"FRAUD": "MENTION"}),
        ("Unlike Jane Roe, John Doe was convicted of fraud.", {"FRAUD": "CONVICTED"}),
        ("Unlike John Doe, who was convicted of fraud, Jane Roe went free.", {"FRAUD": "CONVICTED"}),
        ("John Doe's lawyer said that he was convicted of fraud in 2010.", {"FRAUD": "CONVICTED"}),
        ("John Doe's lawyer, Jane Roe, denied the fraud charges.", {"FRAUD": "CHARGED"}),
        ("A lawyer for John Doe said that he was convicted of fraud in 2010.", {"FRAUD": "CONVICTED"}),
        ("John Doe's fraud against clients was exposed.", {"FRAUD": "MENTION"}),
        ("John Doe's wife murder trial begins.", {"VIOLENCE": "MENTION"}),
        ("John Doe played a key role in the fraud at a film studio.", {"FRAUD": "ALLEGATION"}),
        ("John Doe plays a part, police say, in the fraud.", {"FRAUD": "MENTION"}),
        ("John Doe was portrayed as a fraudster.", {"FRAUD": "ALLEGATION"}),
        ("John Doe acted in concert with others in the fraud.", {"FRAUD": "MENTION"}),
        ("John Doe stars in the film and was convicted of fraud.", {"FRAUD": "CONVICTED"}),
        ("John Doe, who starred in the film Heat, jailed for fraud.", {"FRAUD": "CONVICTED"}),
        (
            "John Doe was charged with fraud, and charges against Smith were dropped.",
            {"FRAUD": "CHARGED"},
        ),
    ],
)
def test_an_offence_counts_by_the_gravest_stage_of_its_sentence(
    sentence: str, expected: dict[str, str]
) -> None:
    assert reported(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "John Doe was acquitted of fraud.",
        "John Doe, acquitted of fraud, went home.",
        "Fraud charges against John Doe were dropped.",
        "Prosecutors dropped the fraud case against John Doe.",
        "The court quashed the fraud conviction of John Doe.",
        "Fraud conviction of John Doe overturned",
        "John Doe was charged with fraud but cleared of all charges.",
        "John Doe was found not guilty of murder.",
        "John Doe wasn't charged with fraud.",
        "John Doe has never been accused of bribery.",
        "There is no evidence that John Doe committed fraud.",
        "John Doe wrongly accused of theft",
        "John Doe was a victim of fraud.",
        "John Doe was defrauded by his bank.",
        "John Doe was murdered in 2019.",
        "John Doe works in anti-money laundering.",
        "John Doe leads the fraud squad.",
        "John Doe spoke about corruption in Geneva.",
        "John Doe joined the fight against bribery.",
        "Prosecutor John Doe charged Smith with fraud.",
        "John Doe, a journalist, said that the fraud trial was long.",
        "John Doe accused Smith of bribery.",
        "John Doe exposed the fraud.",
        "John Doe's brother was convicted of murder.",
    ],
)
def test_clearing_statements_and_other_roles_are_set_aside(sentence: str) -> None:
    found = reading(sentence)

    assert found.exposures == []
    assert found.set_aside == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "John Doe won the regatta on Monday.",
        "John Doe was charged for parking.",
        "John Doe Fraudenberg was there.",
        "John Doe likes scampi, assaultive music and thieving magpies.",
        "John Doe was there. " + "x" * 300 + " fraud",
    ],
)
def test_a_sentence_without_an_offence_beside_the_name_says_nothing(sentence: str) -> None:
    assert reading(sentence) == Reading([], 0)


@pytest.mark.parametrize("sentence", ["John Doe denies fraud.", "John Doe pleaded not guilty to fraud."])
def test_a_denial_is_shown_and_clears_no_person(sentence: str) -> None:
    (exposure,) = reading(sentence).exposures

    assert exposure.denied


def test_only_the_categories_asked_for_are_looked_for() -> None:
    sentence = "John Doe was convicted of fraud and murder."

    found = read(sentence, mentions("John Doe", sentence)[0], ["VIOLENCE"])

    assert [exposure.category for exposure in found.exposures] == ["VIOLENCE"]


@pytest.mark.parametrize("category", CATEGORIES)
def test_severity_falls_from_stage_to_stage(category: str) -> None:
    weight = CATEGORIES[category].weight  # type: ignore[index]
    severities = [round(weight * share) for share in STAGES.values()]

    assert severities == sorted(set(severities), reverse=True)
    assert severities[0] == weight


def test_a_surname_or_a_pronoun_refers_to_the_person_before() -> None:
    result = screen("John Doe runs a bank. He was convicted of fraud. Doe is on trial for murder.")

    (finding,) = result.findings
    assert finding.categories == ["FRAUD", "VIOLENCE"]
    assert finding.evidence == "He was convicted of fraud."
    assert finding.match_reasons == ["pronoun that refers to the name"]


@pytest.mark.parametrize(
    "sentence",
    [
        "John Doe\u2019s ex-wife was convicted of fraud.",
        "John Doe's lawyer was convicted of fraud.",
        "John Doe's former business partner was convicted of fraud.",
        "John Doe's spokesman, Jack Roe, was convicted of fraud.",
        "John Doe Jr.'s lawyer was convicted of fraud.",
        "John Doe's brother stole $2m, police said.",
        "Jane Roe, a lawyer for Mr John Doe, was convicted of fraud.",
        "Jane Roe, not John Doe, was convicted of fraud.",
        "Jane Roe, and not the banker John Doe, was convicted of fraud.",
        "It was not John Doe who was convicted of fraud.",
        "It wasn\u2019t John Doe who was convicted of fraud.",
        "The fraud was committed not by John Doe but by Jane Roe, who was convicted.",
        "Unlike John Doe, Jane Roe was convicted of fraud.",
        "The court convicted Jane Roe rather than John Doe of fraud.",
        "Police arrested Jane Roe instead of Dr. John Doe for fraud.",
        "The man who defrauded John Doe was convicted of fraud.",
        "Jane Roe was convicted of a fraud that robbed John Doe.",
        "Jane Roe was convicted of the murder of John Doe.",
        "The killer of John Doe was convicted of murder.",
        "Jane Roe, who stole $2m from John Doe, was convicted of fraud.",
        "John Doe plays a convicted murderer in the film.",
        "John Doe, who plays a man who was convicted of murder, won an award for the film.",
        "John Doe portrays a convicted murderer.",
        "John Doe stars as a convicted murderer.",
        "John Doe starred in a film about a convicted murderer.",
        "John Doe acted in a television series about a convicted murderer.",
    ],
)
def test_what_another_person_did_is_set_aside(sentence: str) -> None:
    result = screen(sentence)

    assert (result.total_hits, result.risk_level, result.screened.set_aside) == (0, "NONE", 1)


def test_his_brother_is_not_he() -> None:
    result = screen("John Doe runs a bank. His brother was convicted of fraud.")

    assert (result.total_hits, result.screened.set_aside) == (0, 1)


def test_a_pronoun_after_two_people_refers_to_neither() -> None:
    assert screen("John Doe met Jane Roe. She was convicted of fraud.").findings == []


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_sentence_is_too_strange_to_be_read(noise: str) -> None:
    for text in (f"John Doe {noise} fraud", f"{noise}John Doe was {noise} charged", noise):
        for mention in mentions("John Doe", text):
            found = read(text, mention, CATEGORIES)
            assert all(exposure.severity > 0 for exposure in found.exposures)
