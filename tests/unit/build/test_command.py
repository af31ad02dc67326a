"""The commands for apps: output and exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from claimcheck.build.__main__ import main


@pytest.fixture
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "apps").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_project")
def test_a_new_app_says_which_files_it_has_and_what_is_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["app", "billing"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "apps/billing/app.toml",
        "apps/billing/README.md",
        "apps/billing/job_types/billing.py",
        "apps/billing/handlers/billing.py",
        "apps/billing/tests/test_billing.py",
    ]
    assert [line for line in lines if line.startswith("  ")] == [
        "  make check",
        """  make job TYPE=billing INPUT='{"name": "Ada"}'""",
    ]


@pytest.mark.usefixtures("_project")
@pytest.mark.parametrize("name", ["", "Billing", "index", "class", "../x"])
def test_a_name_that_no_app_can_have_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["app", name]) == 1

    assert capsys.readouterr().err.startswith(f"{name!r}: choose another name. An app's name has")


@pytest.mark.usefixtures("_project")
def test_an_app_that_exists_is_not_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    main(["app", "billing"])

    assert main(["app", "billing"]) == 1
    assert capsys.readouterr().err == "apps/billing: the folder already exists. Choose another name.\n"


@pytest.mark.usefixtures("_project")
def test_an_app_that_cannot_be_built_ends_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    main(["app", "billing"])
    Path("apps/billing/app.toml").write_text("nonsense")

    assert main(["index", "index.py"]) == 1
    assert capsys.readouterr().err.startswith("apps/billing/app.toml:1: this is not valid TOML: ")


@pytest.mark.parametrize("arguments", [[], ["index"], ["check", "a", "b"], ["sell"]])
def test_any_other_command_prints_how_to_use_it(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: python -m claimcheck.build")
