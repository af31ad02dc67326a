"""The index of apps, and the apps that it refuses."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest

from claimcheck.build.apps import InvalidApp, read_apps
from claimcheck.build.index import write_index

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.build.folder import Apps

DIALECT = """
from claimcheck.canonical.endpoints import DIALECT as CANONICAL

DIALECT = CANONICAL._replace(name="{name}", routes=())
"""


def reported(apps: Apps) -> str:
    with pytest.raises(InvalidApp) as refused:
        apps.index()
    return str(refused.value).replace(f"{apps.folder}/", "")


def test_the_index_has_dialects_endpoints_job_types_and_handlers(apps: Apps) -> None:
    apps.add("ledger_a", "[endpoints]\n'/books/{text}' = 'book_a'")
    apps.add_job_type("ledger_a", "book_a")
    apps.write("ledger_a/dialect/__init__.py", DIALECT.format(name="ledgers"))
    found: dict[str, object] = {}

    exec(apps.index(), found)

    assert found["DIALECTS"] == ("apps.ledger_a.dialect",)
    assert found["ENDPOINTS"] == {"ledgers": {"/books/{text}": "book_a"}}
    assert found["JOB_TYPES"] == (("book_a", 1, 60, "apps.ledger_a.job_types.book_a"),)
    assert found["HANDLERS"] == {"book_a": "apps.ledger_a.handlers.book_a"}


def test_an_app_without_a_dialect_has_its_endpoints_in_the_canonical_one(apps: Apps) -> None:
    apps.add("ledger_b", "[endpoints]\n'/v1/books' = 'book_b'")
    apps.add_job_type("ledger_b", "book_b")

    assert "{'canonical': {'/v1/books': 'book_b'}}" in apps.index()


def test_versions_of_a_job_type_share_a_handler(apps: Apps) -> None:
    apps.add("ledger_c")
    apps.add_job_type("ledger_c", "book_c", 1)
    apps.add_job_type("ledger_c", "book_c", 2, file="book_c_2")

    assert apps.index().count("apps.ledger_c.job_types.") == 2
    assert apps.index().count("apps.ledger_c.handlers.") == 1


def test_an_index_that_says_the_same_is_not_written(apps: Apps, tmp_path: Path) -> None:
    target = tmp_path / "index.py"
    write_index(read_apps(apps.folder), target)
    before = target.stat().st_mtime_ns

    write_index(read_apps(apps.folder), target)

    assert target.stat().st_mtime_ns == before


def test_two_apps_that_both_have_a_module_called_helpers_do_not_meet(apps: Apps) -> None:
    for app in ("till_d", "ledger_d"):
        apps.add(app)
        apps.add_job_type(app, f"work_{app}")
        apps.write(f"{app}/helpers.py", f"NAME = '{app}'\n")
        apps.write(
            f"{app}/handlers/work_{app}.py",
            f"from apps.{app}.helpers import NAME\n\ndef handle(given, job):\n    return NAME\n",
        )
    found: dict[str, dict[str, str]] = {}
    exec(apps.index(), found)

    handlers = {name: importlib.import_module(module).handle for name, module in found["HANDLERS"].items()}

    assert {name: handle(None, None) for name, handle in handlers.items()} == {
        "work_till_d": "till_d",
        "work_ledger_d": "ledger_d",
    }


def test_an_endpoint_of_a_missing_job_type_is_refused(apps: Apps) -> None:
    apps.add("ledger_e", "[endpoints]\n'/v1/books' = 'book_e'")

    assert reported(apps) == (
        "ledger_e/app.toml:3: /v1/books submits the job type book_e, which no app declares. "
        "Declare it in ledger_e/job_types, or remove the endpoint."
    )


def test_an_endpoint_of_a_job_type_of_an_app_that_is_not_used_is_refused(apps: Apps) -> None:
    apps.add("till_f", "[endpoints]\n'/v1/books' = 'book_f'")
    apps.add("ledger_f")
    apps.add_job_type("ledger_f", "book_f")

    assert reported(apps) == (
        'till_f/app.toml:3: /v1/books submits the job type book_f of apps/ledger_f. Add "ledger_f" to `uses`.'
    )


def test_a_job_type_without_a_handler_is_refused(apps: Apps) -> None:
    apps.add("ledger_g")
    apps.add_job_type("ledger_g", "book_g")
    (apps.folder / "ledger_g/handlers/book_g.py").unlink()

    assert reported(apps) == (
        "ledger_g/job_types/book_g.py:7: the job type book_g has no handler. "
        "Write the function `handle` in ledger_g/handlers/book_g.py."
    )


def test_a_module_without_a_job_type_is_refused(apps: Apps) -> None:
    apps.add("ledger_h")
    apps.write("ledger_h/job_types/shapes.py", "")

    assert reported(apps) == (
        "ledger_h/job_types/shapes.py:1: JOB_TYPE is missing. "
        "Declare it, or move the file out of the folder job_types."
    )


@pytest.mark.parametrize("version", [1, 2])
def test_one_name_in_two_apps_is_refused(apps: Apps, version: int) -> None:
    for app, number in (("ledger_i", 1), ("till_i", version)):
        apps.add(app)
        apps.add_job_type(app, "book_i", number)

    assert reported(apps) == (
        "till_i/job_types/book_i.py:7: the job type book_i is also declared in ledger_i/job_types/book_i.py. "
        "Change one of the names, or, in the same app, one of the versions."
    )


def test_one_version_twice_in_an_app_is_refused(apps: Apps) -> None:
    apps.add("ledger_j")
    apps.add_job_type("ledger_j", "book_j")
    apps.add_job_type("ledger_j", "book_j", file="other")

    assert reported(apps).startswith(
        "ledger_j/job_types/other.py:7: the job type book_j is also declared in "
    )


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/books"])
def test_an_endpoint_that_is_taken_is_refused(apps: Apps, path: str) -> None:
    for app in ("ledger_k", "till_k"):
        apps.add(app, f"[endpoints]\n'{path}' = 'work_{app}'")
        apps.add_job_type(app, f"work_{app}")

    assert f"/app.toml:3: {path} is taken by " in reported(apps)
    assert reported(apps).endswith("Choose another path.")


@pytest.mark.parametrize("path", ["v1/books", "/v1/books/{isbn}"])
def test_an_endpoint_that_no_request_can_meet_is_refused(apps: Apps, path: str) -> None:
    apps.add("ledger_l", f"[endpoints]\n'{path}' = 'book_l'")
    apps.add_job_type("ledger_l", "book_l")

    assert reported(apps) == (
        f"ledger_l/app.toml:3: {path} cannot be a path of book_l. Start it with `/`, and put only "
        "fields of the job type's input in braces: text."
    )


def test_a_dialect_folder_without_a_dialect_is_refused(apps: Apps) -> None:
    apps.add("ledger_m")
    apps.write("ledger_m/dialect/__init__.py", "")

    assert reported(apps).startswith("ledger_m/dialect/__init__.py:1: DIALECT is missing.")


@pytest.mark.parametrize("name", ["canonical", "books"])
def test_two_dialects_of_one_name_are_refused(apps: Apps, name: str) -> None:
    for app in ("ledger_n", "till_n"):
        apps.add(app)
        apps.write(f"{app}/dialect/__init__.py", DIALECT.format(name=name))

    assert f"/dialect/__init__.py:4: the name {name} is taken by " in reported(apps)
    assert reported(apps).endswith("Choose another name.")
