"""A test's folder of apps, with names that no other app has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimcheck.build.apps import read_apps
from claimcheck.build.index import index_of

if TYPE_CHECKING:
    from pathlib import Path

JOB_TYPE = """
from claimcheck.authoring import JobModel, JobType

class Words(JobModel):
    text: str

JOB_TYPE = JobType(name="{name}", version={version}, summary="Says it.", input=Words, result=Words)
"""
HANDLER = "def handle(given, job):\n    return given\n"


@dataclass(frozen=True)
class Apps:
    folder: Path

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def add(self, app: str, declared: str = "") -> None:
        self.write(f"{app}/app.toml", f'summary = "An app"\n{declared}\n')

    def add_job_type(self, app: str, name: str, version: int = 1, file: str = "") -> None:
        self.write(f"{app}/job_types/{file or name}.py", JOB_TYPE.format(name=name, version=version))
        self.write(f"{app}/handlers/{name}.py", HANDLER)

    def index(self) -> str:
        """Return the index. Raises: InvalidApp."""
        return index_of(read_apps(self.folder))
