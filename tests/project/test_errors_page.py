"""`docs/errors.md` has exactly the engine's codes. An app's README, if it lists codes, has exactly the
app's."""

from __future__ import annotations

import inspect
import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

import pytest

from claimcheck.canonical import endpoints as canonical
from claimcheck.canonical.described.history_responses import DeliveryError
from claimcheck.domain import errors
from claimcheck.http.contract import STATUSES
from claimcheck.http.responses import Failure
from claimcheck.service.callbacks import sender
from tests.project.error_codes import codes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "errors.md").read_text()
JOBS, REQUESTS = PAGE.split("\n## Requests\n")
ENGINE = sorted((PROJECT / "layers" / "engine" / "claimcheck").rglob("*.py"))
# Base classes, and internal errors of the engine.
PARENTS = {errors.BadRequest, errors.NotFound, errors.WrongState, errors.Unprocessable}
HEADING = "\n## Error codes\n"
# Apps whose README lists codes.
LISTING = [app.parent for app in sorted(PROJECT.glob("apps/*/README.md")) if HEADING in app.read_text()]


def listed(text: str) -> list[str]:
    """Return the code of every row about jobs."""
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


def section_of(app: Path) -> str:
    return (app / "README.md").read_text().split(HEADING)[1].split("\n## ")[0]


def modules_of(app: Path) -> list[Path]:
    return sorted(path for path in app.rglob("*.py") if "tests" not in path.parts)


def test_every_code_of_the_engine_that_a_job_can_fail_with_is_on_the_page_once_and_no_other() -> None:
    assert sorted(listed(JOBS)) == sorted(codes_in(ENGINE).found)


def test_the_description_of_the_api_has_each_code_that_any_job_can_fail_with() -> None:
    [any_job] = re.findall(r"\n## Any job\n(.*?)\n## ", JOBS, re.DOTALL)
    described = get_type_hints(Failure, include_extras=True)["code"].__metadata__[0].description

    # A field that it names is no code.
    assert set(re.findall(r"`(\w+)`", described)) - {"start_by"} == set(listed(any_job))


def test_the_description_of_the_api_has_each_code_of_a_callback_that_got_no_response() -> None:
    # The callback's method and headers are the engine's own.
    sending = [path for path in ENGINE if path.parent.name == "outbound" and path.name != "headers.py"]
    raised = [
        re.findall(r'(?:Refused|Unreachable)\("(\w+)"| code="(\w+)"', each.read_text()) for each in sending
    ]
    unsent = re.findall(r'error="(\w+)"', inspect.getsource(sender))
    described = get_type_hints(DeliveryError, include_extras=True)["code"].__metadata__[0].description

    assert set(re.findall(r"`(\w+)`", described)) == {*map("".join, chain(*raised)), *unsent}


@pytest.mark.parametrize("app", LISTING, ids=lambda app: app.name)
def test_every_code_of_an_app_s_jobs_is_in_its_readme_once_and_no_other(app: Path) -> None:
    codes = codes_in(modules_of(app))

    # docs/errors.md has the engine's codes, also if an app fails with one.
    assert sorted(listed(section_of(app))) == sorted(codes.found - set(listed(JOBS)))
    assert codes.unclear == []


@pytest.mark.parametrize("app", LISTING, ids=lambda app: app.name)
def test_an_app_that_lists_codes_names_each_of_its_job_types(app: Path) -> None:
    names = {path.stem for path in app.glob("job_types/*.py") if path.stem != "__init__"}

    assert {name for name in names if f"`{name}`" not in (app / "README.md").read_text()} == set()


def test_the_code_of_every_failure_can_be_read() -> None:
    """Except where the engine passes on a handler's code."""
    assert {place.partition(":")[0] for place in codes_in(ENGINE).unclear} == {"verdict.py"}


@pytest.mark.parametrize(
    "page", [PAGE, *map(section_of, LISTING)], ids=["errors.md", *(a.name for a in LISTING)]
)
def test_every_row_says_whether_to_try_again(page: str) -> None:
    rows = [line for line in page.splitlines() if re.match(r"\| (`\w+`|\d+) \|", line)]
    advised = [line for line in rows if line.count("|") == 4]

    words = re.compile(r"^(yes|no|once|if|when|perhaps)\b")
    assert [line for line in advised if not words.match(line.split("|")[3].strip())] == []


def test_every_code_of_a_refused_request_is_on_the_page_beside_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (.*?) \|", REQUESTS, re.MULTILINE)
    reported = {(int(status), code) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    met = {kind for kind in tree(errors.ClaimcheckError) if issubclass(kind, tuple(STATUSES))} - PARENTS

    assert reported == {(canonical.DIALECT.status_of(kind), kind.code) for kind in met}


def tree(kind: type[errors.ClaimcheckError]) -> Iterator[type[errors.ClaimcheckError]]:
    """Return the error classes without those of a dialect."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child)


def test_a_code_is_found_in_every_form(tmp_path: Path) -> None:
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
