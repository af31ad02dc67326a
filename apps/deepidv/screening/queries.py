"""Queries in the syntax of the GDELT DOC 2.0 API.

Quotes are only for phrases of several words, parentheses only for alternatives with OR (GDELT Project Blog,
"GDELT DOC 2.0 API Debuts!", and the API's error messages). The API accepts about 250 characters.
"""

import re
from collections.abc import Iterator

from apps.deepidv.screening.language import NOT_LATIN
from apps.deepidv.screening.names import Name
from apps.deepidv.screening.spelling import spellings

LENGTH = 240
# Characters for the names.
NAMES_LENGTH = 130
# Nearly every text about an offence has one of these words.
ADVERSE = """
charged convicted accused alleged arrested court police prosecutors fined sanctions fraud investigation jailed
sentenced corruption crime
"""
# Like the lexicon.
LANGUAGE = "sourcelang:english"
# Characters of operators, such as colons and quotes.
OPERATING = re.compile(r"[^\w'\u2019\- ]+")


def queries(names: list[Name]) -> list[str]:
    """Return queries for all names, each with some names and any of the adverse words."""
    return [
        f"{asked} {_any_of(_adverse(LENGTH - len(asked) - len(LANGUAGE) - 2))} {LANGUAGE}"
        for asked in _groups(list(_phrases(names)))
    ]


def _phrases(names: list[Name]) -> Iterator[str]:
    """Yield each name as written and in plain letters."""
    seen = set[str]()
    for name in names:
        plain = " ".join(spellings(word)[0] for word in name.written.split())
        for spelt in (name.written, plain):
            words = OPERATING.sub(" ", spelt).split()
            phrase = " ".join(words)
            if words and phrase.lower() not in seen and not NOT_LATIN.search(phrase):
                seen.add(phrase.lower())
                yield f'"{phrase}"' if len(words) > 1 else phrase


def _groups(phrases: list[str]) -> Iterator[str]:
    group = list[str]()
    for phrase in phrases:
        if group and len(_any_of([*group, phrase])) > NAMES_LENGTH:
            yield _any_of(group)
            group = []
        group.append(phrase)
    if group:
        yield _any_of(group)


def _adverse(room: int) -> list[str]:
    chosen = list[str]()
    for word in ADVERSE.split():
        if len(_any_of([*chosen, word])) <= room:
            chosen.append(word)
    return chosen


def _any_of(terms: list[str]) -> str:
    return f"({' OR '.join(terms)})" if len(terms) > 1 else "".join(terms)
