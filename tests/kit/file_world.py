"""A world with one job type that takes uploads and returns files."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from claimcheck.authoring import File, FileRef, JobModel, at_most_bytes
from claimcheck.domain.job import MINUTE
from tests.kit.world import Answer, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring import JobContext

TEXT = b"item,price\ncoat,30\n"
INLINE = base64.b64encode(TEXT).decode()


class Letter(JobModel):
    """The input: one file, and any number of others in all forms that an input can have."""

    file: Annotated[File, AfterValidator(at_most_bytes(100))]
    others: list[File] = Field(default=[])
    either: File | int | None = None
    by_name: dict[str, File] = Field(default={})
    note: dict[str, Any] = Field(default={})


class Parcel(JobModel):
    files: list[FileRef]
    note: str = ""


def copied(given: Letter, job: JobContext) -> Parcel:
    """Save each file of the input again."""
    files = [given.file, *given.others, *given.by_name.values()]
    if isinstance(given.either, File):
        files.append(given.either)
    refs = []
    for number, file in enumerate(files):
        with job.open(file) as content:
            refs.append(job.save(f"{number}.csv", content.read(), "text/csv"))
    return Parcel(files=refs)


@dataclass
class FileWorld(World):
    """A world with one job type, `echo`, that has files. `handle` does its work."""

    handle: Callable[[Letter, JobContext], Any] = copied
    handlers: dict[str, Any] = field(init=False)
    job_types: list[Any] = field(default_factory=lambda: [job_type(input=Letter, result=Parcel)])

    def __post_init__(self) -> None:
        self.handlers = {"echo": lambda given, job: self.handle(given, job)}
        super().__post_init__()

    def upload(self, content: bytes = TEXT, **asked: Any) -> str:
        answer = self.asked(content, **asked)
        request = answer.json
        assert self.files.send(request["url"], request["headers"], content) == 200
        return str(request["upload_id"])

    def asked(self, content: bytes = TEXT, key: str | None = None, **asked: Any) -> Answer:
        body = {"content_type": "text/csv", "size": len(content)} | asked
        return self.request("POST", "/v1/uploads", body, key=key)

    def send(self, key: str | None = None, **given: Any) -> Answer:
        return self.request("POST", "/v1/jobs", {"type": "echo", "input": given}, key=key)

    def run(self, **given: Any) -> dict[str, Any]:
        """Submit a job and bring it to its end."""
        given.setdefault("file", INLINE)
        answer = self.send(**given)
        assert answer.status == 202, answer.text
        self.advance(10 * MINUTE)
        ended: dict[str, Any] = self.request("GET", answer.headers["Location"]).json
        return ended

    def download(self, path: str, key: str | None = None) -> bytes | None:
        """Follow the path of a file. Return None if it is refused."""
        answer = self.request("GET", path, key=key)
        if answer.status != 303:
            assert answer.json["code"] in ("file_not_found", "job_not_found"), answer.text
            return None
        content: bytes = self.files.fetch(answer.headers["Location"])
        return content
