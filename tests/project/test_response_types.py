"""mypy finds renderings that differ from the types of the described responses."""

from __future__ import annotations

import pytest
from mypy import api

from tests.kit.deployment import PROJECT

RENDERING = PROJECT / "layers/engine/claimcheck/canonical/rendering.py"
MISTAKES = {
    "a wrong key": ('"started_at": rfc3339(execution', '"begun_at": rfc3339(execution', "typeddict-item"),
    "a missing key": ('        "details": execution.details,\n', "", "typeddict-item"),
    "a wrong type": ('"number": delivery.number', '"number": str(delivery.number)', "typeddict-item"),
    "a wrong status": ('"status": "processing"}', '"status": "started"}', "return-value"),
    "another status' field": ('"status": "failed", "error"', '"status": "completed", "error"', "typeddict"),
}


def check(text: str) -> tuple[str, int]:
    """Return mypy's report on the rendering module with this text, and its exit status."""
    config = ["--config-file", str(PROJECT / "pyproject.toml"), "--follow-imports", "silent"]
    report, _, status = api.run([*config, "--cache-dir", str(PROJECT / ".mypy_cache"), "-c", text])
    return report, status


def test_the_rendering_as_it_is_passes() -> None:
    assert check(RENDERING.read_text()) == ("Success: no issues found in 1 source file\n", 0)


@pytest.mark.parametrize(("right", "wrong", "code"), MISTAKES.values(), ids=MISTAKES)
def test_a_response_that_is_not_as_described_is_found(right: str, wrong: str, code: str) -> None:
    text = RENDERING.read_text()
    assert text.count(right) == 1

    report, status = check(text.replace(right, wrong))

    assert status == 1
    assert f"[{code}" in report
