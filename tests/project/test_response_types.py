"""mypy finds renderings that differ from the types of the described responses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from mypy import api

from tests.kit.deployment import PROJECT
from tests.project.copies import copy_types

RENDERING = PROJECT / "layers/engine/claimcheck/canonical/rendering.py"
MISTAKES = {
    "a wrong key": ('"started_at": rfc3339(execution', '"begun_at": rfc3339(execution', "typeddict-item"),
    "a missing key": ('        "details": execution.details,\n', "", "typeddict-item"),
    "a wrong type": ('"number": delivery.number', '"number": str(delivery.number)', "typeddict-item"),
    "a wrong status": ('"status": "processing"}', '"status": "started"}', "return-value"),
    "another status' field": ('"status": "failed", "error"', '"status": "completed", "error"', "typeddict"),
}


Check = Callable[[str], tuple[str, int]]


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Return a function that returns mypy's report on the rendering module with a text, and its status."""
    cache = copy_types(tmp_path_factory.mktemp("types"))
    # mypy uses the cache of `make types` only with the same options.
    options = ["--config-file", str(PROJECT / "pyproject.toml")]

    def run(text: str) -> tuple[str, int]:
        report, _, status = api.run([*options, "--cache-dir", str(cache), "-c", text])
        return report, status

    return run


def test_the_rendering_as_it_is_passes(check: Check) -> None:
    assert check(RENDERING.read_text()) == ("Success: no issues found in 1 source file\n", 0)


@pytest.mark.parametrize(("right", "wrong", "code"), MISTAKES.values(), ids=MISTAKES)
def test_a_response_that_is_not_as_described_is_found(
    check: Check, right: str, wrong: str, code: str
) -> None:
    text = RENDERING.read_text()
    assert text.count(right) == 1

    report, status = check(text.replace(right, wrong))

    assert status == 1
    assert f"[{code}" in report
