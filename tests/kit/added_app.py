"""The app `added`: job types for tests, beside whatever apps are installed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from claimcheck.build.apps import read_apps
from claimcheck.build.index import index_of
from claimcheck.installed import find_app
from tests.kit.deployed_stack import ADDED, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# `apps` is a namespace package: the app is found here, and the others in the project.
sys.path.append(str(ADDED))


@cache
def index() -> str:
    """Return the text of the module `apps.index` of all apps."""
    return index_of([*read_apps(PROJECT / "apps"), *read_apps(ADDED / "apps")])


def path_with_added_app(folder: Path) -> list[Path]:
    """Write the index to `folder`. Return what comes before the project on a function's import path."""
    (folder / "apps").mkdir(exist_ok=True)
    (folder / "apps/index.py").write_text(index())
    return [folder, ADDED]


def needs_job_types(*names: str) -> pytest.MarkDecorator:
    """Skip a test of a page or a command that runs these job types of apps, if they are not installed."""
    missing = ", ".join(name for name in names if not find_app(name))
    return pytest.mark.skipif(bool(missing), reason=f"no app has {missing}")


@contextmanager
def added_app() -> Iterator[None]:
    """Install the app in this process."""
    module = ModuleType("apps.index")
    exec(index(), vars(module))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("claimcheck.installed.index", module)
        yield
