from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.unit.build.folder import Apps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apps]:
    """A folder of apps on Python's path, besides the project's own."""
    (tmp_path / "apps").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield Apps(tmp_path / "apps")
    for name in set(sys.modules) - before:
        if name.startswith("apps."):
            del sys.modules[name]
