"""The description of the canonical dialect's uploads and files."""

from claimcheck.canonical import endpoints as canonical
from claimcheck.domain import errors
from claimcheck.openapi import reference as api

REDIRECT = api.parameter(
    "query",
    "redirect",
    "With `false`, the URL to download from is returned in JSON, for clients that would send `Authorization` "
    "on to the target of a redirect.",
    {"type": "boolean", "default": True},
)

FILE_OPERATIONS: api.Operations = {
    canonical.create_upload: api.Operation(
        summary="Request an upload",
        description="Returns the request with which you send one file of exactly this size to the object "
        'store. Nobody can change the file after that. Then submit a job with `{"upload_id": "…"}` in '
        "its input, within 12 hours. Several jobs can use one upload. An upload that no job uses is deleted "
        "after a day.",
        body=api.ref("RequestUpload"),
        answers={201: api.Answer("The request to send.", api.ref("Upload"))},
        errors=(*api.UNREADABLE, errors.InvalidFields),
    ),
    canonical.get_file: api.Operation(
        summary="Download a file of a result",
        description="The result has the path of each of its files.",
        parameters=(
            api.path_id("job_id", "The job's id."),
            api.parameter(
                "path",
                "token",
                "From the result.",
                {"type": "string"},
                "0006f1c0e2d9a8b7c6d5e4f3a2b1c0d9e8f",
            ),
            api.parameter("path", "name", "The file's name.", {"type": "string"}, "256.webp"),
            REDIRECT,
        ),
        answers={
            200: api.Answer("With `redirect=false`: the file's URL.", api.ref("DownloadUrl")),
            303: api.Answer(
                "Get the file from `Location`, which needs no API key and is valid for a few minutes.",
                headers={"Location": True},
            ),
        },
        errors=(*api.UNKNOWN_JOB, errors.NoSuchFile, errors.InvalidFields),
    ),
}
