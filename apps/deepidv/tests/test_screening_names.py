"""The words of a text that are the subject's name, and their score."""

from __future__ import annotations

import unicodedata

import pytest

from apps.deepidv.countries import NAMES
from apps.deepidv.screening.names import names_of
from apps.deepidv.screening.spelling import spellings
from apps.deepidv.tests.screened import matched, mentions

# The officially assigned codes of ISO 3166-1 alpha-2.
COUNTRY_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
YT ZA ZM ZW
"""


@pytest.mark.parametrize(
    ("name", "text", "score"),
    [
        ("John Doe", "John Doe was there.", 1),
        ("John Doe", "JOHN DOE WAS THERE", 1),
        ("john doe", "It was John Doe's.", 1),
        ("John Doe", "john doe was there", 1),
        ("John Doe", "John\nDoe was there.", 1),
        ("Doe, John", "John Doe was there.", 1),
        ("John Doe", "Doe, John: see there", 1),
        ("Xi Jinping", "Jinping Xi was there.", 0.97),
        ("Dr. John Doe Jr.", "Mr John Doe was there.", 1),
        ("John Doe", "Doe, Dr. John: see there", 1),
        ("John Doe", "J. Doe was there.", 0.82),
        ("J. Doe", "John Doe was there.", 0.82),
        ("John Doe", "John M. Doe was there.", 0.97),
        ("John Doe", "John Michael Doe was there.", 0.92),
        ("John Michael Doe", "John Doe was there.", 0.97),
        ("John Michael Doe", "John M. Doe was there.", 1),
        ("John Michael Doe", "J. Doe was there.", 0.79),
        ("John Michael Doe", "John Q. Doe was there.", 0.8),
        ("José Núñez", "Jose Nunez was there.", 1),
        ("Jose Nunez", "Jose\u0301 Nu\u0301n\u0303ez was there.", 1),
        ("Łukasz Żółty", "Lukasz Zolty was there.", 1),
        ("Søren Kjær", "Soren Kjaer was there.", 1),
        ("Ðorđe Ðokić", "Dorde Dokic was there.", 1),
        ("Jürgen Müller", "Juergen Mueller was there.", 1),
        ("Juergen Mueller", "Jürgen Müller was there.", 1),
        ("Jurgen Muller", "Jürgen Müller was there.", 1),
        ("Hans Strauß", "Hans Strauss was there.", 1),
        ("Иван Петров", "Ivan Petrov was there.", 1),
        ("Yuliya Tymoshenko", "Юлия Тимошенко", 0.875),
        ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos was there.", 1),
        ("Sean O'Brien", "Sean O\u2019Brien was there.", 1),
        ("Sean OBrien", "Sean O'Brien's there.", 1),
        ("Jean-Pierre Dupont", "Jean Pierre Dupont was there.", 1),
        ("Mary Smith-Jones", "Mary Smith Jones was there.", 1),
        ("Ali al-Masri", "Ali Almasri was there.", 1),
        ("Ali al-Masri", "Ali Masri was there.", 1),
        ("Mohammed Salman", "Mohammed bin Salman was there.", 1),
        ("Ludwig van Beethoven", "Ludwig Beethoven was there.", 1),
        ("Don Johnson", "Don Johnson was there.", 1),
        ("Alexander Petrovich", "Alexandre Petrovich was there.", 0.8611),
        ("Alexander Petrovich", "Alexander Petrovcih was there.", 0.8611),
        ("John Smith", "John Smyth was there.", 0.75),
        ("Sukarno", "It was Sukarno himself.", 0.8),
        ("Li", "It was Li himself.", 0.8),
        ("LI", "It was Li himself.", 0.8),
        ("li", "IT WAS LI HIMSELF", 0.8),
        ("John Doe Jr.", "John Doe Junior was there.", 1),
        ("John Doe", "John Doe Jr. was there.", 0.9),
        ("John Doe", "John Doe, Jr., was there.", 0.9),
        ("John Doe", "John Doe III was there.", 0.9),
        ("John Doe", "John Doe, senior clerk, was there.", 1),
        ("John Doe", "John Doe, Senior Clerk, was there.", 1),
        ("John Doe", "John Doe MBE was there.", 1),
    ],
)
def test_a_person_is_known_by_every_common_way_to_write_the_name(name: str, text: str, score: float) -> None:
    found = mentions(name, unicodedata.normalize("NFC", text))

    assert [each.score for each in found] == [score]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("John Doe", "John Doeson was there."),
        ("John Doe", "Johnny Doe was there."),
        ("John Doe", "Doe was there."),
        ("John Doe", "John was there."),
        ("John Doe", "John said. Doe was there."),
        ("John Doe", "John, said Doe, was there."),
        ("John Doe", "John and Jane Doe were there."),
        ("John Doe", "Jane Doe, John Smith and others"),
        ("John Doe", "the John Doe Foundation gave much"),
        ("John Doe", "John Doe-Smith was there."),
        ("John Doe", "John\n\nDoe"),
        ("Rich Good", "It was a rich good thing."),
        ("Rich Good", "The rich good people of Rome"),
        ("Mary Smith-Jones", "Mary Jones was there."),
        ("John Smith", "Jon Smyth was there."),
        ("Maria Schmidt", "Marie Schmidt was there."),
        ("Hannelore Petrova", "Gannelore Petrova was there."),
        ("Hannelore Petrova", "Hannelore Betrova was there."),
        ("Sukarno", "the Ahmad Sukarno house"),
        ("Li", "It was li, a Chinese mile."),
        ("Li", "It was lI himself."),
        ("Li", "It was Liu himself."),
        ("Li", "It was Li Jun himself."),
        ("John Doe Jr.", "John Doe Sr. was there."),
        ("Doe Jr., John", "John Doe II was there."),
    ],
)
def test_other_people_are_not_taken_for_the_subject(name: str, text: str) -> None:
    assert matched(name, text) == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Acme Trading Ltd", "Acme Trading was fined.", ["Acme Trading"]),
        ("Acme Trading", "Acme Trading Limited was fined.", ["Acme Trading Limited"]),
        ("Acme Trading S.p.A.", "Acme Trading GmbH was fined.", ["Acme Trading GmbH"]),
        ("The Acme Trading Company", "ACME TRADING FINED", ["ACME TRADING"]),
        ("Johnson & Johnson", "Johnson and Johnson was fined.", ["Johnson and Johnson"]),
        ("Smith and Sons", "Smith & Sons was fined.", ["Smith & Sons"]),
        ("3M", "A court fined 3M twice.", ["3M"]),
        ("Shell plc", "Shell plc was fined.", ["Shell plc"]),
        ("Shell plc", "Shell was fined.", ["Shell"]),
        ("Shell plc", "The court fined Shell again.", ["Shell"]),
        ("Acme Trading Ltd", "Acme was fined.", []),
        ("Acme Trading Ltd", "Trading was halted.", []),
        ("Acme Trading Ltd", "Acme, Trading as Bee", []),
        ("Acme Trading Ltd", "At the acme trading is slow.", []),
        ("Shell plc", "a shell company", []),
        ("BP", "BP was fined.", ["BP"]),
        ("BP plc", "A court fined BP again.", ["BP"]),
        ("BP", "A court fined BP plc again.", ["BP plc"]),
        ("bp", "On Monday BP was fined.", ["BP"]),
        ("EY", "UK FINES EY", ["EY"]),
        ("BP", "The British BP was fined.", ["BP"]),
        ("Ge", "The court fined Ge again.", ["Ge"]),
        ("GE", "The court fined Ge again.", []),
        ("HP", "An hp of power, an Hp of none", []),
        ("HP", "at hp and elsewhere", []),
        ("X Corp", "The court fined X Corp again.", ["X Corp"]),
        ("X Corp", "The court fined X again, by Plan X.", []),
        ("Shell plc", "the Royal Shell company", []),
    ],
)
def test_a_firm_is_known_with_and_without_its_legal_form(name: str, text: str, found: list[str]) -> None:
    assert matched(name, text, "organization") == found


def test_a_word_that_is_common_is_no_name_at_the_head_of_a_sentence() -> None:
    assert matched("Target Corp", "Target of a probe. Now Target is fined.", "organization", "target") == [
        "Target"
    ]


def test_a_name_in_capitals_is_one_at_the_head_of_a_sentence_too() -> None:
    assert matched("HP", "HP was fined.", "organization", "hp") == ["HP"]
    assert matched("HP", "HP FINED", "organization", "hp") == []
    assert matched("He", "He was fined, said He.", common="he") == ["He"]


def test_every_alias_counts() -> None:
    assert matched(["John Doe", "Jack Roe", "Johann"], "Jack Roe met John Doe.") == ["Jack Roe", "John Doe"]


def test_the_surname_alone_counts_after_the_name_until_another_person_of_that_name_appears() -> None:
    text = "Doe came. John Doe came. Doe was tall. Mr Doe sat. Then Jane Doe came. Doe left."

    assert matched("John Doe", text) == ["John Doe", "Doe", "Doe"]
    assert [each.by for each in mentions("John Doe", text)] == ["name", "surname", "surname"]


def test_what_makes_a_match_worse_is_shown() -> None:
    (mention,) = mentions("John Michael Doe", "Doe J. was there.")

    assert mention.reasons == (
        "initial instead of the given name",
        "middle name missing",
        "family name first",
    )


def test_a_son_is_perhaps_not_his_father() -> None:
    (mention,) = mentions("John Doe", "We met John Doe Jr. there.")

    assert mention.reasons == ("Jr after the name",)
    assert matched(["John Doe", "John Doe Sr."], "We met John Doe Sr. there.") == ["John Doe Sr"]
    assert [each.score for each in mentions(["John Doe", "John Doe Sr."], "John Doe Sr. came.")] == [1]


def test_a_name_that_goes_on_is_perhaps_anothers() -> None:
    (mention,) = mentions("John Doe", "We met John Doe Smith there, and walked along the river.")

    assert (mention.score, mention.reasons) == (0.9, ("the name continues",))


@pytest.mark.parametrize("text", ["", ",", "Dr.", "van der", "'", "...", "-", "ß", "李小龙", "\u0301"])
def test_no_name_is_too_strange_to_be_read(text: str) -> None:
    for kind in ("person", "organization"):
        for name in names_of([text], kind):
            assert all(name.family)


@pytest.mark.parametrize("word", ["Müller", "İstanbul", "ΆΛΦΑ", "Ёлкин", "Straße", "naïve", "Þór", "ǅ"])
def test_a_spelling_is_plain_lower_case_latin(word: str) -> None:
    assert all(spelt.isascii() and spelt.isalpha() and spelt.islower() for spelt in spellings(word))


def test_every_country_has_a_name() -> None:
    assert NAMES.keys() == set(COUNTRY_CODES.split())
    assert all(name for names in NAMES.values() for name in names)
