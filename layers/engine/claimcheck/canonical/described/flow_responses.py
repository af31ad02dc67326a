"""The canonical dialect's responses about flows, as types: see `http.responses`."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from claimcheck.domain.flows import MAX_WAITING
from claimcheck.http import responses as shared
from claimcheck.http.responses import Time, about


@shared.example(starts=5, per_seconds=1, burst=1)
class FlowRate(TypedDict):
    """How often jobs start: evenly, `starts` in `per_seconds`."""

    starts: int
    per_seconds: int
    burst: Annotated[int, about("Starts that can come at once after a time without starts.")]


class Flow(TypedDict):
    """The limits of a group of jobs."""

    name: Annotated[str, Field(examples=["renderer"])]
    concurrency: Annotated[int, about("The most jobs that run at once.", 3)]
    rate: Annotated[FlowRate | None, about("Null without a limit on starts.", None)]
    paused: Annotated[bool, about("While true, no job starts. Running jobs go on.", False)]
    max_waiting: Annotated[int | None, about("Null without a limit on waiting jobs.", None)]
    created_at: Annotated[Time, Field(examples=["2026-06-18T16:30:00.000Z"])]
    updated_at: Annotated[
        Time, about("When the flow was last stored, paused or resumed.", "2026-06-18T16:30:00.000Z")
    ]


class FlowUsage(Flow):
    """The limits of a group of jobs, and how many of these run and wait."""

    running: Annotated[int, about("The jobs that have started and not ended.", 3)]
    waiting: Annotated[
        int, about(f"The jobs that wait for a start. {MAX_WAITING:,} means as many or more.", 12)
    ]


class FlowList(TypedDict):
    flows: Annotated[list[Flow], about("By name. The list can be empty.")]
    next_cursor: Annotated[
        str | None, about("The `cursor` of the next page; null on the last page.", "renderer")
    ]
