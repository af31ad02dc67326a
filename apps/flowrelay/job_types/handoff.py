"""Job type `handoff`: a language model writes a handoff document from a project's context.

The model returns a `Handoff`. The job type `insight` takes the same context.
"""

from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from claimcheck.authoring import JobModel, JobType

# About 100,000 tokens. Most models on Bedrock take 128,000 or more, with prompt and answer.
MAX_CHARACTERS = 400_000
MONTH = 30 * 86_400
# Seconds. Published clients poll for two minutes, then give up.
DEADLINE = 110


def words(limit: int, description: str, *examples: str) -> Any:
    """Return the field of a text of 1 to `limit` characters."""
    return Field(min_length=1, max_length=limit, description=description, examples=list(examples) or None)


Question = Annotated[str, words(1000, "The question.", "Who owns the currency table?")]


class Message(JobModel):
    role: Annotated[str, words(50, "The author's role: `user`, `assistant`, or your own.", "user")] = "user"
    author: Annotated[str | None, words(100, "The author.", "Mara")] = None
    text: Annotated[str, words(20_000, "The message.", "The importer drops rows without a currency.")]
    at: Annotated[
        AwareDatetime | None, Field(description="RFC 3339, with offset.", examples=["2026-06-21T10:00:00Z"])
    ] = None


class File(JobModel):
    """A file of the project, with a summary, its content, or both."""

    path: Annotated[str, words(500, "The path in the project. Each path once.", "billing/importer.py")]
    summary: Annotated[str | None, words(4000, "Its purpose.", "Reads bank files into the ledger.")] = None
    content: Annotated[str | None, words(50_000, "The content, or a part of it.")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.summary is None and self.content is None:
            raise ValueError("a file needs a `summary` or its `content`")
        return self


class Decision(JobModel):
    what: Annotated[str, words(2000, "The decision.", "A ledger has one currency.")]
    why: Annotated[str | None, words(2000, "The reason.", "The auditors asked for it.")] = None
    by: Annotated[str | None, words(100, "The person who decided.", "Jon")] = None


class Context(JobModel):
    """Information about a project: at least one message, file, decision or open question."""

    project: Annotated[str, words(200, "The project's name.", "Billing")]
    messages: Annotated[
        list[Message], Field(default_factory=list, max_length=500, description="Messages about it, in order.")
    ]
    files: Annotated[list[File], Field(default_factory=list, max_length=200, description="Its files.")]
    decisions: Annotated[
        list[Decision], Field(default_factory=list, max_length=200, description="Decisions made.")
    ]
    open_questions: Annotated[
        list[Question],
        Field(default_factory=list, max_length=100, description="Questions without an answer."),
    ]
    focus: Annotated[str | None, words(1000, "The reader's main interest.", "what blocks the release")] = None

    @model_validator(mode="after")
    def _is_a_context(self) -> Self:
        if not (self.messages or self.files or self.decisions or self.open_questions):
            raise ValueError("a context needs a message, a file, a decision or an open question")
        for path, times in Counter(file.path for file in self.files).most_common(1):
            if times > 1:
                raise ValueError(f"the file {path[:100]!r} is listed {times} times: list each path once")
        size = len(self.model_dump_json(exclude_none=True))
        if size > MAX_CHARACTERS:
            raise ValueError(f"the context has {size:,} characters as JSON: at most {MAX_CHARACTERS:,}")
        return self


class Input(Context):
    """The context of the handoff."""


Priority = Annotated[Literal["high", "medium", "low"], Field(description="The urgency.")]
Sources = Annotated[
    list[Annotated[str, Field(max_length=600)]],
    Field(
        max_length=10,
        description=(
            "The supporting pieces of the context: `messages/0`, `decisions/0` and `open_questions/0` by "
            "index, starting at 0, and `files/<path>` by path."
        ),
        examples=[["messages/0", "files/billing/importer.py"]],
    ),
]


class DecisionTaken(JobModel):
    what: Annotated[str, words(1000, "The decision.", "A ledger has one currency.")]
    why: Annotated[str | None, words(1000, "The reason, or null if unknown.", "The auditors asked for it.")]
    sources: Sources


class NextStep(JobModel):
    action: Annotated[str, words(1000, "The action.", "Have the importer refuse rows without a currency.")]
    owner: Annotated[str | None, words(100, "The owner; null if nobody is named.", "Mara")]
    priority: Priority
    sources: Sources


class Risk(JobModel):
    risk: Annotated[str, words(1000, "The risk.", "Ledgers miss rows, and nobody notices.")]
    mitigation: Annotated[str | None, words(1000, "How to avoid it, or null.", "A count after each import.")]
    sources: Sources


class FileToRead(JobModel):
    path: Annotated[str, words(500, "The path of a file in the context.", "billing/importer.py")]
    why: Annotated[str, words(1000, "The reason to read it.", "This is where rows are dropped.")]


class Handoff(JobModel):
    """A handoff document, as the model writes it."""

    title: Annotated[str, words(200, "A headline.", "Billing: rows lost by the importer")]
    summary: Annotated[
        str, words(3000, "The project and its state.", "Billing imports bank files into ledgers.")
    ]
    current_state: Annotated[
        str, words(3000, "The working, failing and unfinished parts.", "The importer runs, but drops rows.")
    ]
    decisions: Annotated[list[DecisionTaken], Field(max_length=20, description="Decisions made.")]
    next_steps: Annotated[list[NextStep], Field(max_length=20, description="Most important first.")]
    open_questions: Annotated[
        list[Question], Field(max_length=20, description="Questions without an answer.")
    ]
    risks: Annotated[list[Risk], Field(max_length=20, description="The risks.")]
    files: Annotated[list[FileToRead], Field(max_length=20, description="The files to read first.")]


class Usage(JobModel):
    input_tokens: Annotated[int, Field(ge=0, description="Tokens read, in all calls.", examples=[1830])]
    output_tokens: Annotated[int, Field(ge=0, description="Tokens written, in all calls.", examples=[642])]


class Written(JobModel):
    """How an artifact was generated."""

    model_id: Annotated[str, words(2048, "The model's id.", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    usage: Annotated[Usage, Field(description="The tokens used.")]
    repaired: Annotated[bool, Field(description="Whether the first answer was corrected.", examples=[False])]


class Result(Written, Handoff):
    kind: Annotated[Literal["handoff"], Field(description="The kind.", examples=["handoff"])] = "handoff"


JOB_TYPE = JobType(
    name="handoff",
    version=1,
    summary="Write a handoff document for a project",
    input=Input,
    result=Result,
    timeout=105,
    typical=20,
    deadline=DEADLINE,
    retention=MONTH,
)
