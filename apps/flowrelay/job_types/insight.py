"""Job type `insight`: a language model writes one finding (`Insight`) about a project's architecture."""

from typing import Annotated, Literal

from pydantic import Field

from apps.flowrelay.job_types.handoff import DEADLINE, MONTH, Context, Priority, Written, words
from claimcheck.authoring import JobModel, JobType


class Input(Context):
    """The context of the insight."""


class Evidence(JobModel):
    source: Annotated[
        str,
        words(
            600,
            "A piece of the context: `messages/0`, `decisions/0` and `open_questions/0` by index, starting "
            "at 0, and `files/<path>` by path.",
            "files/billing/importer.py",
        ),
    ]
    shows: Annotated[str, words(1000, "The fact that it shows.", "Rows are read and stored in one function.")]


class Recommendation(JobModel):
    action: Annotated[str, words(1000, "The action.", "Separate reading from storing.")]
    why: Annotated[str, words(1000, "The benefit.", "A bad row is refused before anything is stored.")]
    priority: Priority


class Insight(JobModel):
    """A finding about a project's architecture, as the model writes it."""

    title: Annotated[str, words(200, "A headline.", "The importer does two things at once")]
    category: Annotated[
        Literal[
            "structure", "data", "integration", "operations", "performance", "security", "testing", "process"
        ],
        Field(description="The topic.", examples=["structure"]),
    ]
    summary: Annotated[
        str, words(3000, "The finding.", "Reading and storing are one step, so a bad row leaves no trace.")
    ]
    evidence: Annotated[
        list[Evidence], Field(min_length=1, max_length=10, description="Evidence in the context.")
    ]
    impact: Annotated[str, words(2000, "The consequences.", "Ledgers miss rows without a warning.")]
    recommendations: Annotated[
        list[Recommendation], Field(max_length=10, description="Most important first.")
    ]
    confidence: Annotated[
        Literal["low", "medium", "high"],
        Field(description="How well the evidence supports the finding.", examples=["medium"]),
    ]


class Result(Written, Insight):
    kind: Annotated[Literal["insight"], Field(description="The kind.", examples=["insight"])] = "insight"


JOB_TYPE = JobType(
    name="insight",
    version=1,
    summary="Write a finding about a project's architecture",
    input=Input,
    result=Result,
    timeout=105,
    typical=20,
    deadline=DEADLINE,
    retention=MONTH,
)
