"""The system's Chromium, for tests of what pages can do."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

# The first, a package of its own in Debian, has no windows to prepare, and takes half the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")


@contextmanager
def chromium(*options: str) -> Iterator[Browser]:
    """Yield a browser without a window. Skips the test where no Chromium is installed."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium is installed: apt-get install chromium-headless-shell")
    # Its sandbox cannot start as root or in most containers. It loads only pages of these tests.
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *options]) as browser,
    ):
        yield browser
