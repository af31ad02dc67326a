"""A copy of the project without generated files, for tests that change it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from filecmp import cmp
from typing import TYPE_CHECKING, Any

from claimcheck.build.apps import read_apps
from claimcheck.build.index import write_index
from claimcheck.build.template import with_blocks
from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# `make types` writes it.
TYPES = PROJECT / ".mypy_cache"
INDEX = "apps/index.py"


@dataclass(frozen=True)
class Copy:
    """`files` are those that were copied, without what tools know of them."""

    folder: Path
    files: frozenset[str]

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
        self.check_types(*paths)

    def check_types(self, *paths: str) -> None:
        if not (self.folder / TYPES.name).exists():
            copy_types(self.folder)
        self.python("mypy", *paths)

    def openapi(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.python("claimcheck.build", "openapi"))
        return document

    def delete(self, apps: Iterable[str]) -> None:
        """Delete these apps, and update what is generated from apps."""
        for app in apps:
            shutil.rmtree(self.folder / "apps" / app)
        # In this process, which has imported the apps that are left: another one takes long to start.
        left, template = read_apps(self.folder / "apps"), self.folder / "template.yaml"
        write_index(left, self.folder / INDEX)
        template.write_text(with_blocks(template.read_text(), left))

    def make_index(self) -> None:
        self.python("claimcheck.build", "index", INDEX)

    def changes(self) -> set[str]:
        """Return the files that are new, changed or gone since the copy was made."""
        found = list_files(self.folder)
        same = {name for name in self.files & found if cmp(PROJECT / name, self.folder / name)}
        return {*self.files, *found} - same


def make_copy(target: Path) -> Copy:
    """Return the files that git has or would add, in a repository without commits.

    Python uses compiled modules of unchanged files again: they name the size and time of their source.
    """
    files = list_files(PROJECT)
    # pytest has written the index, which git ignores.
    for name in (*files, INDEX):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, target / name)
    for folder in {(PROJECT / name).parent for name in files if name.endswith(".py")}:
        for compiled in folder.glob("__pycache__/*.pyc"):
            (target / compiled.relative_to(PROJECT)).parent.mkdir(exist_ok=True)
            shutil.copy2(compiled, target / compiled.relative_to(PROJECT))
    subprocess.run(["git", "init", "-q"], cwd=target, check=True)
    return Copy(target, files)


def list_files(folder: Path) -> frozenset[str]:
    """Return the files that git has or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    names = listed.stdout.split("\0")
    return frozenset(name for name in names if name and (folder / name).exists())


def copy_types(folder: Path) -> Path:
    """Copy what mypy knows of unchanged files: it names their contents.

    While others copy it, no mypy may write to it.
    """
    copied = folder / TYPES.name
    if TYPES.exists():
        shutil.copytree(TYPES, copied)
    return copied
