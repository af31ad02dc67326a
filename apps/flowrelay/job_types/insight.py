"""What `insight` takes and gives: a project's context in, one finding about its architecture out.

A language model writes the finding; `Insight` is what it is asked for.
"""

from typing import Annotated, Literal

from pydantic import Field

from apps.flowrelay.job_types.handoff import MONTH, Context, Priority, Written, words
from claimcheck.authoring import (
    JobModel,
    JobType,
    RetryPolicy,
)


class Input(Context):
    """The context that an insight is drawn from."""


class Evidence(JobModel):
    source: Annotated[
        str,
        words(
            600,
            "A piece of the context: `messages/0`, `decisions/0` and `open_questions/0` by their place, "
            "counted from 0, and `files/<path>` by path.",
            "files/billing/importer.py",
        ),
    ]
    shows: Annotated[str, words(1000, "What it shows.", "Rows are read and stored in one function.")]


class Recommendation(JobModel):
    action: Annotated[str, words(1000, "What to do.", "Part reading from storing.")]
    why: Annotated[
        str, words(1000, "What it is good for.", "A bad row is refused before anything is stored.")
    ]
    priority: Priority


class Insight(JobModel):
    """What a model finds in a project's architecture."""

    title: Annotated[str, words(200, "A headline.", "The importer does two things at once")]
    category: Annotated[
        Literal[
            "structure", "data", "integration", "operations", "performance", "security", "testing", "process"
        ],
        Field(description="What it is about.", examples=["structure"]),
    ]
    summary: Annotated[
        str, words(3000, "The finding.", "Reading and storing are one step, so a bad row leaves no trace.")
    ]
    evidence: Annotated[
        list[Evidence], Field(min_length=1, max_length=10, description="What in the context carries it.")
    ]
    impact: Annotated[str, words(2000, "What follows from it.", "Ledgers miss rows, and nobody is told.")]
    recommendations: Annotated[
        list[Recommendation], Field(max_length=10, description="What to do, the first thing first.")
    ]
    confidence: Annotated[
        Literal["low", "medium", "high"],
        Field(description="How well the evidence carries it.", examples=["medium"]),
    ]


class Result(Written, Insight):
    kind: Annotated[Literal["insight"], Field(description="What this is.", examples=["insight"])] = "insight"


JOB_TYPE = JobType(
    name="insight",
    version=1,
    summary="A finding about a project's architecture, with its evidence from the context",
    input=Input,
    result=Result,
    timeout=105,
    typical=20,
    deadline=600,
    retention=MONTH,
    retry=RetryPolicy(max_attempts=4, base=5, cap=60),
)
