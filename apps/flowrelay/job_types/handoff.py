"""What `handoff` takes and gives: a project's context in, the document for whoever takes over out.

A language model writes the document; `Handoff` is what it is asked for. An insight is made of the
same context, which `insight` takes from here.
"""

from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from claimcheck.authoring import (
    JobModel,
    JobType,
    RetryPolicy,
)

# About 100,000 tokens at four characters each: most models on Bedrock read 128,000 or more, and some
# of that is for the prompt and the answer.
MAX_CHARACTERS = 400_000
MONTH = 30 * 86_400


def words(limit: int, description: str, *examples: str) -> Any:
    """The bounds of a text, in characters: never empty."""
    return Field(min_length=1, max_length=limit, description=description, examples=list(examples) or None)


class Message(JobModel):
    role: Annotated[
        str, words(50, "In what part its author speaks: `user`, `assistant`, or a word of your own.", "user")
    ] = "user"
    author: Annotated[str | None, words(100, "Who wrote it.", "Mara")] = None
    text: Annotated[str, words(20_000, "What was said.", "The importer drops rows without a currency.")]
    at: Annotated[
        AwareDatetime | None,
        Field(description="When, in RFC 3339 with its offset.", examples=["2026-06-21T10:00:00Z"]),
    ] = None


class File(JobModel):
    """A file of the project: its summary or its content is needed."""

    path: Annotated[str, words(500, "As the project calls it; each once.", "billing/importer.py")]
    summary: Annotated[
        str | None, words(4000, "What it is for.", "Reads the bank's files into the ledger.")
    ] = None
    content: Annotated[str | None, words(50_000, "What it holds, or a part of that.")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.summary is None and self.content is None:
            raise ValueError("a file needs a `summary` or its `content`")
        return self


class Decision(JobModel):
    what: Annotated[str, words(2000, "What was decided.", "A ledger has one currency.")]
    why: Annotated[str | None, words(2000, "For what reason.", "The auditors asked for it.")] = None
    by: Annotated[str | None, words(100, "By whom.", "Jon")] = None


class Context(JobModel):
    """What is known of a project: at least a message, a file, a decision or an open question."""

    project: Annotated[str, words(200, "Its name.", "Billing")]
    messages: Annotated[
        list[Message],
        Field(default_factory=list, max_length=500, description="Conversations about it, in their order."),
    ]
    files: Annotated[
        list[File], Field(default_factory=list, max_length=200, description="What it is made of.")
    ]
    decisions: Annotated[
        list[Decision], Field(default_factory=list, max_length=200, description="What is settled.")
    ]
    open_questions: Annotated[
        list[Annotated[str, words(1000, "One question.", "Who owns the currency table?")]],
        Field(default_factory=list, max_length=100, description="What is not settled."),
    ]
    focus: Annotated[
        str | None,
        words(1000, "What the reader cares about most; all of it if left out.", "what blocks the release"),
    ] = None

    @model_validator(mode="after")
    def _is_a_context(self) -> Self:
        if not (self.messages or self.files or self.decisions or self.open_questions):
            raise ValueError("a context needs a message, a file, a decision or an open question")
        for path, times in Counter(file.path for file in self.files).most_common(1):
            if times > 1:
                raise ValueError(f"the file {path[:100]!r} stands {times} times in `files`")
        size = len(self.model_dump_json(exclude_none=True))
        if size > MAX_CHARACTERS:
            raise ValueError(f"the context has {size:,} characters as JSON: at most {MAX_CHARACTERS:,}")
        return self


class Input(Context):
    """The context that a handoff is written from."""


Priority = Annotated[Literal["high", "medium", "low"], Field(description="How soon it matters.")]
Sources = Annotated[
    list[Annotated[str, Field(max_length=600)]],
    Field(
        max_length=10,
        description=(
            "The pieces of the context that say so: `messages/0`, `decisions/0` and `open_questions/0` by "
            "their place, counted from 0, and `files/<path>` by path."
        ),
        examples=[["messages/0", "files/billing/importer.py"]],
    ),
]


class DecisionTaken(JobModel):
    what: Annotated[str, words(1000, "What was decided.", "A ledger has one currency.")]
    why: Annotated[
        str | None, words(1000, "For what reason; null where none is known.", "The auditors asked for it.")
    ]
    sources: Sources


class NextStep(JobModel):
    action: Annotated[str, words(1000, "What to do.", "Have the importer refuse rows without a currency.")]
    owner: Annotated[str | None, words(100, "Who does it; null where nobody is named.", "Mara")]
    priority: Priority
    sources: Sources


class Risk(JobModel):
    risk: Annotated[str, words(1000, "What could go wrong.", "Ledgers miss rows, and nobody notices.")]
    mitigation: Annotated[
        str | None, words(1000, "What helps; null where nothing is known.", "A count after each import.")
    ]
    sources: Sources


class FileToRead(JobModel):
    path: Annotated[str, words(500, "One of the context's files.", "billing/importer.py")]
    why: Annotated[str, words(1000, "What to look at it for.", "This is where rows are dropped.")]


class Handoff(JobModel):
    """What a model writes for whoever takes a project over."""

    title: Annotated[str, words(200, "A headline.", "Billing: rows lost by the importer")]
    summary: Annotated[
        str,
        words(3000, "What the project is and where it stands.", "Billing imports bank files into ledgers."),
    ]
    current_state: Annotated[
        str,
        words(3000, "What works, what does not, what is under way.", "The importer runs, but drops rows."),
    ]
    decisions: Annotated[list[DecisionTaken], Field(max_length=20, description="What is settled.")]
    next_steps: Annotated[
        list[NextStep], Field(max_length=20, description="What to do, the first thing first.")
    ]
    open_questions: Annotated[
        list[Annotated[str, words(1000, "One question.", "Who owns the currency table?")]],
        Field(max_length=20, description="What is not settled."),
    ]
    risks: Annotated[list[Risk], Field(max_length=20, description="What could go wrong.")]
    files: Annotated[list[FileToRead], Field(max_length=20, description="Where to start reading.")]


class Usage(JobModel):
    input_tokens: Annotated[
        int, Field(ge=0, description="What the model read, in all calls together.", examples=[1830])
    ]
    output_tokens: Annotated[int, Field(ge=0, description="What it wrote.", examples=[642])]


class Written(JobModel):
    """How an artifact came to be."""

    model_id: Annotated[
        str, words(2048, "Which model wrote it.", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0")
    ]
    usage: Annotated[Usage, Field(description="Tokens, as the model counts them.")]
    repaired: Annotated[
        bool, Field(description="Whether the model had to mend its first answer.", examples=[False])
    ]


class Result(Written, Handoff):
    kind: Annotated[Literal["handoff"], Field(description="What this is.", examples=["handoff"])] = "handoff"


JOB_TYPE = JobType(
    name="handoff",
    version=1,
    summary="A handoff document for a project, from its conversations, files and decisions",
    input=Input,
    result=Result,
    timeout=105,
    typical=20,
    deadline=600,
    retention=MONTH,
    retry=RetryPolicy(max_attempts=4, base=5, cap=60),
)
