"""Detection of English, by script and function words. In doubt, a short text is English."""

import re

LETTERS = re.compile(r"[^\W\d_]+")
NOT_LATIN = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f\u1e00-\u1eff]+")
# English texts may have foreign names.
MOST_FOREIGN_LETTERS = 0.25
# About 25 % of the words in English prose, and less than 5 % in other languages.
_ENGLISH = """
the of and to was for that with by from his her their has have had were been which who it is are he she
they this these at be not but after said will would could more than when where what about
"""
ENOUGH_WORDS = 30
LEAST_ENGLISH = 0.05
# Neither English words nor names. German, French, Spanish, Italian, Portuguese, Dutch, Polish, Turkish,
# Scandinavian, Romanian, Czech, Hungarian, Indonesian.
_OTHERS = """
und wurde wegen nicht ein eine einer einem einen ist sich auf nach wird haben worden gegen dass dans une
aux avec pour cette sont mais contre ont por fue pero sobre que nel nella gli dopo anche è não foi pelo
pela são após het een voor niet wordt zijn naar ook werd wegens się jest przez oraz nie który został bir
için olarak och för inte ikke blev på är efter și pentru který jako hogy és egy dengan untuk
"""
ENGLISH = frozenset(_ENGLISH.split())
OTHERS = frozenset(_OTHERS.split())


def is_english(text: str) -> bool:
    letters = sum(len(run) for run in LETTERS.findall(text))
    if sum(len(run) for run in NOT_LATIN.findall(text)) > MOST_FOREIGN_LETTERS * letters:
        return False
    words = LETTERS.findall(text.lower())
    english = sum(word in ENGLISH for word in words)
    if sum(word in OTHERS for word in words) > english:
        return False
    return len(words) < ENOUGH_WORDS or english >= LEAST_ENGLISH * len(words)
