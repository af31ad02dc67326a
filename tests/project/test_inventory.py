"""`make inventory` lists every package that ships to Lambda, with its licence."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from tests.kit.deployment import PROJECT
from tests.kit.fetched import UVX, need

pytestmark = pytest.mark.soak

FOLDER = PROJECT / ".local/inventory"
PINNED = [
    PROJECT / "layers/engine/requirements.txt",
    PROJECT / "console/requirements.txt",
    *PROJECT.glob("apps/*/requirements/*.txt"),
]

Packages = set[tuple[str, str]]


@pytest.fixture(scope="module")
def listed() -> str:
    """Return the list of licences. Finding a vulnerability is no failure of this test."""
    need(*UVX, "pip-licenses@5.5.5", "--version")
    (FOLDER / "licences.md").unlink(missing_ok=True)
    subprocess.run(["make", "inventory"], cwd=PROJECT, capture_output=True, check=False)
    return (FOLDER / "licences.md").read_text()


def shipped() -> Packages:
    pins = [re.findall(r"^([\w.-]+)==([^\s\\]+)", each.read_text(), re.MULTILINE) for each in PINNED]
    return {(canonicalize_name(name), version) for pins_of_one in pins for name, version in pins_of_one}


def test_the_licence_of_every_package_is_listed(listed: str) -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in listed.splitlines()[2:]]

    assert {(canonicalize_name(name), version) for name, version, _ in rows} == shipped()
    assert [name for name, _, licence in rows if licence in ("", "UNKNOWN")] == []


@pytest.mark.usefixtures("listed")
def test_the_bill_of_materials_has_every_package() -> None:
    bill: dict[str, Any] = json.loads((FOLDER / "sbom.cdx.json").read_text())

    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "claimcheck"
    assert {(canonicalize_name(each["name"]), each["version"]) for each in bill["components"]} == shipped()
