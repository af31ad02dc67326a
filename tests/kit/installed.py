"""Everything that is installed, and its description, which takes a second to write."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import Field

from claimcheck.authoring import JobModel, JobType
from claimcheck.authoring.catalog import Catalog
from claimcheck.build.description import describe
from claimcheck.installed import dialects, load_catalog


class Input(JobModel):
    text: Annotated[str, Field(max_length=50, description="Anything.", examples=["hello"])]


class Result(JobModel):
    text: Annotated[str, Field(examples=["hello"])]


# A job type with a price, independent of the installed apps.
OWN = JobType(name="errand", summary="Costs credits.", input=Input, result=Result, price=lambda given: 7)
CATALOG = Catalog([*load_catalog().versions, OWN])


@cache
def openapi_document() -> dict[str, Any]:
    """Return the description of all dialects and of `CATALOG`. Copy it before a change: it is shared."""
    return describe(dialects(), CATALOG)
