"""The built functions and layers, and the AWS SDK of Lambda's runtimes."""

from __future__ import annotations

import compileall
import shutil
import subprocess
from dataclasses import dataclass
from py_compile import PycInvalidationMode
from typing import TYPE_CHECKING

from local import PROJECT, STATE, deploy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True)
class Image:
    """`artifacts` has a folder for each built artifact; `sdk` has boto3 and its dependencies."""

    artifacts: Path
    sdk: Path

    def paths(self, function: str, layers: Iterable[str]) -> list[Path]:
        """Return the import path of a function, by its logical id."""
        return [self.artifacts / function, *(self.artifacts / layer / "python" for layer in layers), self.sdk]


def build(place: Path, project: Path = PROJECT) -> Image:
    """Build into the folder `place`, with bytecode."""
    artifacts = deploy.build(project, STATE / "builds", place / "build.log").parent
    sdk = aws_sdk(place)
    compileall.compile_dir(sdk, quiet=1, workers=0, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return Image(artifacts, sdk)


def aws_sdk(place: Path) -> Path:
    """Return a folder with only boto3 and its dependencies, as pinned by the lock file."""
    wanted = place / "requirements.txt"
    uv = shutil.which("uv")
    assert uv
    bare = ["--no-default-groups", "--no-hashes"]
    subprocess.run([uv, "export", "-q", "--frozen", *bare, "-o", wanted], cwd=PROJECT, check=True)
    subprocess.run([uv, "pip", "install", "-q", "--target", place / "sdk", "-r", wanted], check=True)
    return place / "sdk"
