"""The docs match the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from claimcheck.canonical import endpoints as canonical
from claimcheck.domain import errors
from claimcheck.domain import job as model
from claimcheck.http.contract import STATUSES
from claimcheck.service import verdict

PROJECT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "apps/**/README.md", "clients/*/README.md")
    for page in PROJECT.glob(pattern)
)
API = (PROJECT / "docs" / "api.md").read_text()
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)[^)]*\)")
MAKE = re.compile(r"\bmake ([a-z]+)")
# Internal errors of the engine, and base classes.
UNSEEN = {
    "error",
    "bad_request",
    "not_found",
    "wrong_state",
    "unprocessable",
    "conflict",
    "key_taken",
    "name_taken",
}
# Of handlers, and of other dialects.
UNSEEN |= {"slot_taken", "unsupported_language", "document_not_found"}


def named(page: Path) -> str:
    return str(page.relative_to(PROJECT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text()) if not link.startswith("https://")]

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_command_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))

    shown = set(MAKE.findall("\n".join(re.findall(r"`make [^`]*`|^make .*", page.read_text(), re.MULTILINE))))

    assert shown <= targets


def test_every_error_code_is_in_the_api_page_beside_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (.*?) \|", API, re.MULTILINE)
    reported = {(int(status), code) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)}

    assert reported == {
        (canonical.DIALECT.status_of(kind), kind.code) for kind in tree() if kind.code not in UNSEEN
    }


def test_every_reason_for_a_failure_is_in_the_api_page() -> None:
    fixed = [value for value in vars(model).values() if isinstance(value, model.JobError)]
    made = re.findall(r'JobError\(\s*"(\w+)"', Path(verdict.__file__).read_text())
    made += re.findall(r'JobError\(\s*"(\w+)"', (Path(verdict.__file__).parent / "attempt.py").read_text())

    section = API.split("## Why a job failed")[1]
    reported = set(re.findall(r"`(\w+)`", section)) - {"error"}

    # `retry` and `unavailable` are reasons of executions, never of a job.
    assert {error.code for error in fixed} | set(made) - {"retry", "unavailable"} <= reported


def test_every_parameter_that_operations_names_is_in_the_template() -> None:
    page = (PROJECT / "docs" / "operations.md").read_text()
    table = page.split("## Parameters")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    reported = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    template = (PROJECT / "template.yaml").read_text()

    assert reported
    assert [name for name in reported if f"\n  {name}:\n" not in template] == []


@pytest.mark.parametrize("page", ["README.md", "docs/compare.md"])
def test_every_price_that_a_page_names_is_a_total_of_the_cost_page(page: str) -> None:
    cost = (PROJECT / "docs" / "cost.md").read_text()
    totals = set(re.findall(r"\*\*(\$[\d.]+)\*\*", cost))

    named = set(re.findall(r"\$\d+\.\d\d", (PROJECT / page).read_text()))

    assert named
    assert named - totals == set()


def test_every_error_has_a_status() -> None:
    internal = {
        errors.Conflict,
        errors.KeyTaken,
        errors.NameTaken,
        errors.SlotTaken,
        errors.UnsupportedLanguage,
    }
    outside = {errors.ClaimcheckError, *internal}

    assert [kind for kind in tree() if kind not in outside and not set(kind.__mro__) & set(STATUSES)] == []


def tree() -> list[type[errors.ClaimcheckError]]:
    return [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.ClaimcheckError)
    ]
