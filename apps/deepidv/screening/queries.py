"""What a news search is asked, in the syntax of the GDELT DOC 2.0 API.

Phrases stand in quotes, alternatives in parentheses with OR; a phrase must be of several words, and
there are parentheses around nothing else (GDELT Project Blog, "GDELT DOC 2.0 API Debuts!", and what the
API answers to anything else). It takes about 250 characters.
"""

import re
from collections.abc import Iterator

from apps.deepidv.screening.language import NOT_LATIN
from apps.deepidv.screening.names import Name
from apps.deepidv.screening.spelling import spellings

LENGTH = 240
# Of these, for the names; what is left is for words of adverse news.
NAMES_LENGTH = 130
# The search reads whole texts, and hardly a text on an offence does without all of these.
ADVERSE = """
charged convicted accused alleged arrested court police prosecutors fined sanctions fraud investigation jailed
sentenced corruption crime
"""
# The lexicon reads English, so other languages would only use up the number of articles.
LANGUAGE = "sourcelang:english"
# Operators have colons, quotes and the like.
OPERATING = re.compile(r"[^\w'\u2019\- ]+")


def queries(names: list[Name]) -> list[str]:
    """As few as hold every name; each looks for some of the names beside any adverse word."""
    return [
        f"{asked} {_any_of(_adverse(LENGTH - len(asked) - len(LANGUAGE) - 2))} {LANGUAGE}"
        for asked in _groups(list(_phrases(names)))
    ]


def _phrases(names: list[Name]) -> Iterator[str]:
    """Each name as it is written and, where that differs, in plain letters; once each."""
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
