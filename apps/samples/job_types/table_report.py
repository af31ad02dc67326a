"""The contract of the job type `table_report`: a CSV table of up to 200 MB, and a report of its columns."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from claimcheck.authoring import File, FileRef, JobModel, JobType, at_most_bytes

MAX_TABLE_BYTES = 200_000_000
MAX_COLUMNS = 1_000


class Input(JobModel):
    table: Annotated[
        File,
        Field(
            description=f"A CSV file (RFC 4180) of at most {MAX_TABLE_BYTES:,} bytes in UTF-8. Its first "
            f"line names at most {MAX_COLUMNS:,} columns.",
            examples=["aXRlbSxwcmljZQpjb2F0LDMwCmhhdCwxMi41Cg=="],
        ),
        AfterValidator(at_most_bytes(MAX_TABLE_BYTES)),
    ]
    delimiter: Annotated[
        Literal[",", ";", "\t", "|"], Field(description="The character between two fields.", examples=[";"])
    ] = ","


class Result(JobModel):
    rows: Annotated[int, Field(ge=0, description="Rows below the header.", examples=[2])]
    columns: Annotated[int, Field(ge=1, description="Names in the header.", examples=[2])]
    report: Annotated[
        FileRef,
        Field(
            description="A CSV file with a row for each column: `column`, `filled` and `numbers` (how "
            "many of its fields are not empty, and are numbers), and the `minimum`, `maximum`, `total` and "
            "`mean` of these numbers."
        ),
    ]


JOB_TYPE = JobType(
    name="table_report",
    version=1,
    summary="A report of the columns of a CSV table",
    input=Input,
    result=Result,
    timeout=100,
    typical=5,
    deadline=3600,
    retention=86400,
)
