from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.tests.kit import Browser, Service
from tests.kit.world import World

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service.of(World(), tmp_path)


@pytest.fixture
def browser(service: Service) -> Browser:
    """Return a browser that is signed in."""
    browser = Browser(service)
    assert browser.sign_in().status_code == 303
    return browser
