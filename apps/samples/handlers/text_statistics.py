"""The handler of `text_statistics`."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from apps.samples.job_types.text_statistics import Input, Keyword, Result
from claimcheck.authoring import JobContext

# Adults, silent reading, English non-fiction. Marc Brysbaert, "How many words do we read per minute? A review
# and meta-analysis of reading rate", Journal of Memory and Language 109 (2019).
WORDS_PER_MINUTE = 238

# Characters, about 0.1 s of work. Each report costs a write.
REPORT_EVERY = 100_000

# Han with its iteration mark and zero, and Hiragana. Without a dictionary, UAX #29 ("Unicode Text
# Segmentation") breaks after each of these characters.
SINGLE = "\u3005\u3007\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
JOINING = r"'\u2019\-\u2010\u2011"

CLOSING = r"[\"'\u2019\u201d\u00bb)\]\u300d\u300f\uff09]*+"
MARKS = r".!?\u2026\u061f\u06d4\u0964"
# Possessive and never started inside a run, so that a megabyte of full stops takes linear time.
SENTENCE_END = re.compile(
    rf"[\u3002\uff01\uff1f\uff61]++{CLOSING}"  # no space is needed after CJK full stops
    rf"|(?<![{MARKS}])[{MARKS}]++{CLOSING}(?=\s|$)"
)
# Their full stop does not end a sentence. Without "I": "So do I." is a sentence.
ABBREVIATION = re.compile(r"(?:^|[\s(.])(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|[A-HJ-Z])\.$")

ENGLISH = """
a about above after again against all also am an and any are aren't as at be because been before being below
between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each
few for from further had hadn't has hasn't have haven't having he he'd he'll he's her here here's hers
herself him himself his how how's i i'd i'll i'm i've if in into is isn't it it'd it'll it's its itself just
let's me more most mustn't my myself no nor not now of off on once only or other our ours ourselves out over
own same shall shan't she she'd she'll she's should shouldn't so some such than that that's the their theirs
them themselves then there there's these they they'd they'll they're they've this those through to too under
until up upon us very was wasn't we we'd we'll we're we've were weren't what what's when where which while
who who's whom whose why will with won't would wouldn't you you'd you'll you're you've your yours yourself
yourselves
"""
STOP_WORDS = frozenset(ENGLISH.split())


def handle(input: Input, job: JobContext) -> Result:
    # NFC, so that the two encodings of "é" are the same word.
    text = unicodedata.normalize("NFC", input.text)
    word = _word_pattern(text)
    words, sentences, paragraphs, read, reported = Counter[str](), 0, 0, 0, 0
    for paragraph in _paragraphs(text):
        if read - reported >= REPORT_EVERY:
            job.progress(read, len(text), "characters read")
            reported = read
        paragraphs += 1
        sentences += sum(1 for sentence in _sentences(paragraph) if word.search(sentence))
        words.update(map(_fold, word.findall(paragraph)))
        read += len(paragraph)
    total = words.total()
    return Result(
        characters=len(input.text),
        words=total,
        unique_words=len(words),
        sentences=sentences,
        paragraphs=paragraphs,
        lines=len(input.text.splitlines()),
        average_sentence_length=round(total / sentences, 2) if sentences else 0.0,
        reading_seconds=math.ceil(total * 60 / WORDS_PER_MINUTE),
        keywords=_keywords(words, input.keywords),
    )


def _keywords(words: Counter[str], limit: int) -> list[Keyword]:
    total = words.total()
    candidates = Counter({word: count for word, count in words.items() if word not in STOP_WORDS})
    return [
        Keyword(word=word, count=count, density=round(count / total, 4))
        for word, count in candidates.most_common(limit)
    ]


def _paragraphs(text: str) -> Iterator[str]:
    for filled, lines in groupby(text.splitlines(), key=lambda line: bool(line.strip())):
        if filled:
            yield "\n".join(lines)


def _sentences(paragraph: str) -> Iterator[str]:
    start = 0
    for found in SENTENCE_END.finditer(paragraph):
        if _ends_sentence(paragraph, found):
            yield paragraph[start : found.end()]
            start = found.end()
    yield paragraph[start:]


def _ends_sentence(paragraph: str, mark: re.Match[str]) -> bool:
    following = paragraph[mark.end() : mark.end() + 16]
    if following[:1].isspace() and following.lstrip()[:1].islower():
        return False
    return not ABBREVIATION.search(paragraph[max(0, mark.start() - 6) : mark.start() + 1])


def _word_pattern(text: str) -> re.Pattern[str]:
    """Return the pattern of a word in this text.

    `\\w` has no combining marks, which many scripts need for vowels, and `re` has no categories. So the marks
    are collected from the text, with the format characters that UAX #29 ignores inside words.

    Its groups are not possessive: before Python 3.11.5, such groups match too little (CPython, gh-106052).
    """
    marks = re.escape("".join(sorted(character for character in set(text) if _extends(character))))
    letter = rf"[^\W_{SINGLE}]"
    run = rf"{letter}(?:{letter}++|[{marks}]++)*" if marks else rf"{letter}++"
    joint = rf"(?:[{JOINING}](?={letter})|(?<=\d)[.,](?=\d))"
    single = rf"[{SINGLE}][{marks}]*+" if marks else rf"[{SINGLE}]"
    return re.compile(rf"{single}|{run}(?:{joint}{run})*")


def _extends(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] == "M" or (category == "Cf" and character != "\u200b")


def _fold(word: str) -> str:
    return word.lower().replace("\u2019", "'").replace("\u00ad", "")
