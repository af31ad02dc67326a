"""`docs/errors.md` has every code of a failed job and of a refused request, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from claimcheck.canonical import endpoints as canonical
from claimcheck.domain import errors
from claimcheck.http.contract import STATUSES
from claimcheck.installed import load_catalog
from tests.project.error_codes import codes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "errors.md").read_text()
JOBS, REQUESTS = PAGE.split("\n## Requests\n")
WORKER = sorted((PROJECT / "functions" / "worker").rglob("*.py"))
ENGINE = sorted((PROJECT / "layers" / "engine" / "claimcheck").rglob("*.py"))
# The names that only hold others together, and what the engine keeps to itself.
PARENTS = {errors.BadRequest, errors.NotFound, errors.WrongState, errors.Unprocessable}


def told() -> list[str]:
    """The code of every row about jobs."""
    return re.findall(r"^\| `(\w+)` \|", JOBS, re.MULTILINE)


def test_every_code_that_a_job_can_fail_with_is_on_the_page_once_and_no_other() -> None:
    raised = codes_in(WORKER + ENGINE).found

    assert sorted(told()) == sorted(raised)


def test_the_code_of_every_failure_can_be_told() -> None:
    """But for where the engine passes on what a handler said."""
    assert codes_in(WORKER).unclear == []
    assert {place.partition(":")[0] for place in codes_in(ENGINE).unclear} == {"verdict.py"}


def test_every_job_type_has_its_section() -> None:
    named = {name for name in re.findall(r"`(\w+)`", JOBS) if name in load_catalog().names}

    assert named == set(load_catalog().names)


def test_every_row_says_whether_to_try_again() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| (`\w+`|\d+) \|", line)]
    advised = [line for line in rows if line.count("|") == 4]

    words = re.compile(r"^(yes|no|once|if|when|perhaps)\b")
    assert [line for line in advised if not words.match(line.split("|")[3].strip())] == []


def test_every_code_of_a_refused_request_is_on_the_page_beside_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (.*?) \|", REQUESTS, re.MULTILINE)
    said = {(int(status), code) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    met = {kind for kind in tree(errors.ClaimcheckError) if issubclass(kind, tuple(STATUSES))} - PARENTS

    assert said == {(canonical.DIALECT.status_of(kind), kind.code) for kind in met}


def tree(kind: type[errors.ClaimcheckError]) -> Iterator[type[errors.ClaimcheckError]]:
    """Without those that a dialect has of its own."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child)


def test_a_code_is_found_however_it_is_said(tmp_path: Path) -> None:
    module = tmp_path / "handler.py"
    module.write_text(
        'CODES: dict[type, str] = {KeyError: "in_a_table"}\n'
        'CODE = "constant"\n'
        "def handle(input, job):\n"
        '    raise Fail("said", f"{input}")\n'
        "def also(error, late):\n"
        '    found = CODES[type(error)] if error else "else"\n'
        "    Fail(found, '')\n"
        '    Retry(1, "", "third")\n'
        '    Retry(code="late" if late else None)\n'
        '    return JobError(CODE, "") or _end("passed")\n'
        "def _end(code):\n"
        "    return Fail(code, '')\n"
        "def lost(error):\n"
        "    return Fail(error.code, '')\n"
    )

    codes = codes_in([module])

    assert codes.found == {"in_a_table", "constant", "said", "else", "third", "late", "passed"}
    assert codes.unclear == ["handler.py:14"]
