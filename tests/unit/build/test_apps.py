"""The error for an invalid app says which file is wrong, why, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from claimcheck.build.apps import InvalidApp, read_apps

if TYPE_CHECKING:
    from tests.unit.build.folder import Apps


def reported(apps: Apps) -> str:
    with pytest.raises(InvalidApp) as refused:
        read_apps(apps.folder)
    return str(refused.value).replace(f"{apps.folder}/", "")


def test_apps_are_read_in_the_order_of_their_names(apps: Apps) -> None:
    apps.add("till")
    apps.add("ledger", 'uses = ["till"]')

    assert [(app.name, app.declared.uses) for app in read_apps(apps.folder)] == [
        ("ledger", ["till"]),
        ("till", []),
    ]


def test_the_remains_of_a_deleted_app_are_no_app(apps: Apps) -> None:
    apps.write("gone/handlers/__pycache__/work.cpython-313.pyc", "")

    assert read_apps(apps.folder) == []


def test_code_without_an_app_toml_is_no_app(apps: Apps) -> None:
    apps.write("ledger/handlers/book.py", "")

    assert reported(apps) == (
        'ledger/app.toml:1: the file is missing. Write one with `summary = "…"`, or delete the folder.'
    )


@pytest.mark.parametrize("name", ["Ledger", "2nd", "a-b", "a" * 33, "index", "import", "_x"])
def test_a_name_that_no_package_can_have_is_refused(apps: Apps, name: str) -> None:
    apps.add(name)

    assert reported(apps).startswith(f"{name}: rename the folder. An app's name has 1 to 32")


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ("colour = 1", "2: colour is not a known field"),
        ("[requirements]\nworkers = []", "3: requirements.workers is not a known field"),
        ("uses = 1", "2: uses must be an array"),
        ("[endpoints]\n'/a' = 7", "3: endpoints./a must be a string"),
        (
            "[environment.cron]\nA = 'b'",
            "2: environment.cron must be 'submit_job', 'get_job', 'worker'",
        ),
    ],
)
def test_a_wrong_key_or_value_is_named(apps: Apps, declared: str, reason: str) -> None:
    apps.add("ledger", declared)

    assert reported(apps).startswith(f"ledger/app.toml:{reason}")
    assert reported(apps).endswith(". See docs/howto/add-a-job-type.md for all keys.")


def test_an_app_without_a_summary_is_refused(apps: Apps) -> None:
    apps.write("ledger/app.toml", "")

    assert reported(apps).startswith("ledger/app.toml:1: summary is required.")


@pytest.mark.parametrize("content", [b"summary = ", b"\xff"])
def test_invalid_toml_is_refused(apps: Apps, content: bytes) -> None:
    apps.add("ledger")
    (apps.folder / "ledger/app.toml").write_bytes(content)

    assert re.match(r"ledger/app\.toml:\d: this is not valid TOML: .+\. Correct it\.$", reported(apps))


def test_an_app_that_uses_a_missing_one_is_refused(apps: Apps) -> None:
    apps.add("ledger", 'uses = ["till"]')

    assert "ledger/app.toml:2: `uses` names till, which " in reported(apps)
    assert re.search(r"Add what is missing, or delete .*ledger\.$", reported(apps))
