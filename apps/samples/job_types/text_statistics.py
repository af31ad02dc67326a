"""The contract of the job type `text_statistics`: counts, reading time and keywords of a text."""

from pydantic import Field

from claimcheck.authoring import JobModel, JobType

MAX_CHARACTERS = 1_000_000
MAX_KEYWORDS = 50


class Input(JobModel):
    text: str = Field(
        min_length=1,
        max_length=MAX_CHARACTERS,
        description="Plain text. Blank lines separate paragraphs. The whole request body has at most "
        "1 MiB, so a text outside ASCII can have fewer characters.",
        examples=["Leave your coat.\n\nYou get a claim check, and the coat waits for you."],
    )
    keywords: int = Field(
        default=10, ge=0, le=MAX_KEYWORDS, description="The number of keywords to list.", examples=[5]
    )


class Keyword(JobModel):
    word: str = Field(description="In lower case.", examples=["coat"])
    count: int = Field(ge=1, description="Occurrences in the text.", examples=[2])
    density: float = Field(
        ge=0, le=1, description="`count` divided by the number of words.", examples=[0.1429]
    )


class Result(JobModel):
    characters: int = Field(ge=1, description="Unicode code points, including white space.", examples=[68])
    words: int = Field(
        ge=0,
        description="A word is a run of letters, marks and digits, with the hyphens and apostrophes "
        "inside it, and the point and comma inside a number. Each Han or Hiragana character is one word. "
        "A run of Katakana, Thai, Lao, Khmer or Burmese is one word.",
        examples=[14],
    )
    unique_words: int = Field(ge=0, description="Distinct words, ignoring case.", examples=[12])
    sentences: int = Field(
        ge=0,
        description="A sentence has a word and ends at a full stop, a question or exclamation mark, or "
        "the end of the paragraph. It does not end after a title (Dr.) or an initial (J. Smith), or "
        "before a lower-case letter (e.g. this).",
        examples=[2],
    )
    paragraphs: int = Field(ge=0, description="Blocks between blank lines.", examples=[2])
    lines: int = Field(
        ge=1, description="Includes blank lines. A final line break starts no line.", examples=[3]
    )
    average_sentence_length: float = Field(
        ge=0, description="Words per sentence, or 0 without sentences.", examples=[7.0]
    )
    reading_seconds: int = Field(
        ge=0,
        description="The time for an adult to read it silently, rounded up. Based on 238 words per "
        "minute for English non-fiction (M. Brysbaert, 2019, 'How many words do we read per minute?').",
        examples=[4],
    )
    keywords: list[Keyword] = Field(
        max_length=MAX_KEYWORDS,
        description="The most frequent words without English stop words. Equal counts are in text order.",
    )


JOB_TYPE = JobType(
    name="text_statistics",
    version=1,
    summary="Counts, reading time and keyword density of a text",
    input=Input,
    result=Result,
    timeout=30,
    typical=1,
    deadline=3600,
    retention=86400,
)
