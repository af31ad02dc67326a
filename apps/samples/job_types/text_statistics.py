"""What `text_statistics` takes and gives: the counts that an editor or a writing coach shows.

Declared apart from its handler because submitting a job validates its input without
importing what does the work.
"""

from typing import Annotated

from pydantic import Field

from claimcheck.authoring import (
    JobModel,
    JobType,
    RetryPolicy,
)

MAX_CHARACTERS = 1_000_000
MAX_KEYWORDS = 50


class Input(JobModel):
    text: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_CHARACTERS,
            description=(
                "The document, as plain text. Blank lines part its paragraphs. The request body as a "
                "whole is at most 1 MiB, which a text outside ASCII reaches with fewer characters."
            ),
            examples=["Leave your coat.\n\nYou get a claim check, and the coat waits for you."],
        ),
    ]
    keywords: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_KEYWORDS,
            description="How many of the most frequent words to list. 0 lists none.",
            examples=[5],
        ),
    ] = 10


class Keyword(JobModel):
    word: Annotated[str, Field(description="In lower case.", examples=["coat"])]
    count: Annotated[int, Field(ge=1, description="How often it stands in the document.", examples=[2])]
    density: Annotated[
        float,
        Field(ge=0, le=1, description="Its share of all words, stop words among them.", examples=[0.1429]),
    ]


class Result(JobModel):
    characters: Annotated[
        int,
        Field(ge=1, description="Unicode code points, white space among them.", examples=[68]),
    ]
    words: Annotated[
        int,
        Field(
            ge=0,
            description=(
                "A word is a run of letters, marks and digits; hyphens and apostrophes inside it belong "
                "to it, as do the point and comma inside a number. Each Han or Hiragana character is a "
                "word of its own, as scripts without spaces are commonly counted; a run of Katakana, "
                "Thai, Lao, Khmer or Burmese is one word."
            ),
            examples=[14],
        ),
    ]
    unique_words: Annotated[
        int,
        Field(ge=0, description="Different words, letter case apart.", examples=[12]),
    ]
    sentences: Annotated[
        int,
        Field(
            ge=0,
            description=(
                "A sentence has a word and ends at its full stop, question or exclamation mark, or with "
                "its paragraph. The point of a title (Dr.) or an initial (J. Smith) and any mark before "
                "a lower-case letter (e.g. this) end none."
            ),
            examples=[2],
        ),
    ]
    paragraphs: Annotated[
        int,
        Field(ge=0, description="Blocks of text between blank lines.", examples=[2]),
    ]
    lines: Annotated[
        int,
        Field(ge=1, description="Blank ones among them; a final line break starts no line.", examples=[3]),
    ]
    average_sentence_length: Annotated[
        float,
        Field(ge=0, description="Words in a sentence; 0 where there is none.", examples=[7.0]),
    ]
    reading_seconds: Annotated[
        int,
        Field(
            ge=0,
            description=(
                "How long an adult reads it silently, at 238 words a minute (M. Brysbaert, 2019, 'How many "
                "words do we read per minute?', for English non-fiction), rounded up."
            ),
            examples=[4],
        ),
    ]
    keywords: Annotated[
        list[Keyword],
        Field(
            max_length=MAX_KEYWORDS,
            description="The most frequent words, English stop words left out; of equals, the first met.",
        ),
    ]


JOB_TYPE = JobType(
    name="text_statistics",
    version=1,
    summary="Counts, reading time and keyword density of a document",
    input=Input,
    result=Result,
    timeout=30,
    typical=1,
    deadline=3600,
    retention=86400,
    retry=RetryPolicy(max_attempts=3, base=1, cap=60),
)
