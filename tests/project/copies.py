"""A copy of the project without generated files, for tests that change it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
# `make types` writes it.
TYPES = PROJECT / ".mypy_cache"


@dataclass(frozen=True)
class Copy:
    folder: Path

    def run(self, *command: str) -> str:
        """Return the output of a command. Raises: AssertionError with the output if it fails."""
        done = self.attempt(*command)
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def attempt(self, *command: str) -> subprocess.CompletedProcess[str]:
        environ = os.environ | {"PYTHONPATH": "layers/engine:."}
        return subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True)

    def python(self, *arguments: str) -> str:
        return self.run(sys.executable, "-m", *arguments)

    def test(self, *arguments: str) -> str:
        return self.python("pytest", "-q", "-p", "no:cacheprovider", *arguments)

    def lint(self, *paths: str) -> None:
        """Check style and types like `make check`, including the types of what these paths import."""
        self.python("ruff", "check", "--no-cache", *paths)
        self.python("ruff", "format", "--no-cache", "--check", *paths)
        self.python("mypy", *paths)

    def openapi(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.python("claimcheck.build", "openapi"))
        return document

    def delete(self, apps: Iterable[str]) -> None:
        """Delete these apps and update what is generated from apps, as a developer does."""
        for app in apps:
            shutil.rmtree(self.folder / "apps" / app)
        self.make_index()
        self.python("claimcheck.build", "template")

    def make_index(self) -> None:
        self.python("claimcheck.build", "index", "apps/index.py")

    def changes(self) -> set[str]:
        """Return the files that are new or changed since the copy was made."""
        reported = self.run(*GIT, "status", "--porcelain", "--untracked-files=all")
        return {line[3:] for line in reported.splitlines()}


def make_copy(target: Path) -> Copy:
    """Return the files that git has or would add.

    Tools use again what they know of unchanged files: compiled modules and types. Both name the size, time or
    contents of the source that they are of.
    """
    listed = subprocess.run(
        [*GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name and (PROJECT / name).exists()]
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, target / name)
    for folder in {(PROJECT / name).parent for name in names if name.endswith(".py")}:
        for compiled in folder.glob("__pycache__/*.pyc"):
            (target / compiled.relative_to(PROJECT)).parent.mkdir(exist_ok=True)
            shutil.copy2(compiled, target / compiled.relative_to(PROJECT))
    copy_types(target)
    copy = Copy(target)
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "As it is")):
        copy.run(*GIT, *command)
    copy.make_index()
    return copy


def copy_types(folder: Path) -> Path:
    """Copy what mypy knows of unchanged files. While others copy it, no mypy may write to it."""
    copied = folder / TYPES.name
    if TYPES.exists():
        shutil.copytree(TYPES, copied)
    return copied
