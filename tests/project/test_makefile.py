"""`make lock` pins packages and installs them, and trusts the system's certificates."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from claimcheck.build.scaffold import write_app
from tests.kit.deployment import PROJECT
from tests.project.copies import make_copy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.project.copies import Copy

    Check = Callable[..., subprocess.CompletedProcess[str]]

# Stand-ins for the programs in .venv: nothing is downloaded, and each call of uv is recorded.
UV = """#!/bin/sh
echo "uv $*" >> "$UV_CALLS"
while [ $# -gt 0 ]; do [ "$1" = -o ] && touch "$2"; shift; done
"""
PYTHON = f"""#!/bin/sh
case "$*" in *"-m pip"*) exit 0;; esac
exec {sys.executable} "$@"
"""


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return copy_with_programs(tmp_path)


def copy_with_programs(folder: Path) -> Copy:
    copy = make_copy(folder)
    programs = copy.folder / ".venv/bin"
    programs.mkdir(parents=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for name, text in {"uv": UV, "python": PYTHON, version: PYTHON}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return copy


def make(copy: Copy, *arguments: str) -> list[str]:
    """Run make, and return the calls of uv."""
    calls = copy.folder / ".venv/calls"
    calls.write_text("")
    environ = os.environ | {"UV_CALLS": str(calls)}
    done = subprocess.run(["make", *arguments], cwd=copy.folder, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return calls.read_text().splitlines()


def test_a_package_that_make_lock_pins_is_installed(copy: Copy) -> None:
    make(copy, "app", "NAME=billing")
    with (copy.folder / "apps/billing/app.toml").open("a") as settings:
        settings.write('[requirements]\nworker = ["fpdf2"]\n')

    calls = make(copy, "lock")

    pinned = "apps/billing/requirements/worker.txt"
    places = [number for number, call in enumerate(calls) if pinned in call]
    assert [calls[number].split()[1:3] for number in places] == [["pip", "compile"], ["pip", "install"]]
    # Packages that no app needs any more are removed before.
    assert calls[places[1] - 1].startswith("uv sync")


def test_make_lock_installs_nothing_before_it_has_pinned_everything(copy: Copy) -> None:
    calls = make(copy, "lock")

    installs = [number for number, call in enumerate(calls) if call.startswith("uv pip install")]
    assert len(installs) == 1
    assert installs[0] == len(calls) - 1


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Return a function that runs `make check` or `make test`, in which a command of a pattern fails."""
    copy = copy_with_programs(tmp_path_factory.mktemp("check"))
    for name in ("sam", "cfn-lint", "uvx", "pytest"):
        program = copy.folder / ".venv/bin" / name
        program.write_text(f'#!/bin/sh\necho "{name} $*"\ncase "{name} $*" in $FAILS) exit 1;; esac\n')
        program.chmod(0o755)

    def run(fails: str, target: str = "check") -> subprocess.CompletedProcess[str]:
        environ = os.environ | {"FAILS": fails, "UV_CALLS": os.devnull}
        # Without what comes first.
        command = ["make", "-o", "apps", "-o", "lint", "-o", "types", target]
        return subprocess.run(
            command, cwd=copy.folder, env=environ, capture_output=True, text=True, check=False
        )

    return run


def test_make_check_passes_if_the_audit_and_the_tests_pass(check: Check) -> None:
    done = check("nothing")

    assert done.returncode == 0, done.stderr
    assert "pytest -q" in done.stdout
    assert "checkov --config-file .checkov.yaml" in done.stdout


@pytest.mark.parametrize("fails", ["sam validate*", "cfn-lint*", "uvx*checkov --config-file*", "pytest*"])
def test_make_check_fails_if_the_audit_or_a_test_fails(check: Check, fails: str) -> None:
    assert check(fails).returncode != 0


def test_make_test_leaves_it_to_a_test_to_validate_the_template(check: Check) -> None:
    done = check("nothing", "test")

    assert done.returncode == 0, done.stderr
    assert "pytest -n auto" in done.stdout
    assert "checkov --config-file .checkov.yaml" in done.stdout
    assert "sam validate" not in done.stdout


@pytest.mark.parametrize("fails", ["cfn-lint*", "uvx*checkov --config-file*", "pytest*"])
def test_make_test_fails_if_the_audit_or_a_test_fails(check: Check, fails: str) -> None:
    assert check(fails, "test").returncode != 0


def test_make_check_passes_without_pypi_and_says_what_it_left_out(check: Check) -> None:
    done = check("uvx*python -c*")

    assert done.returncode == 0, done.stderr
    assert "Checkov did not look at the templates" in done.stdout


def test_a_recipe_runs_in_a_shell_even_with_make_3_81() -> None:
    """That version, which macOS has, uses a shell for simple lines only if it is not its default, /bin/sh."""
    first = next(line for line in (PROJECT / "Makefile").read_text().splitlines() if ":=" in line)

    assert first.split(":=")[0].strip() == "SHELL"
    assert first.split(":=")[1].strip() != "/bin/sh"


def test_uv_trusts_the_systems_certificates() -> None:
    shown = subprocess.run(
        ["uv", "pip", "list", "--show-settings"], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    assert "system_certs: true" in shown.stdout


def indexes(copy: Copy, command: str) -> bool:
    """Return whether make would write the index of apps for a command."""
    planned = copy.run("make", "-n", command, "ORG=acme")
    return "claimcheck.build index apps/index.py" in planned


@pytest.mark.parametrize("command", ["deploy", "smoke", "key"])
def test_a_fresh_clone_gets_the_index_that_a_command_for_keys_reads(copy: Copy, command: str) -> None:
    (copy.folder / "apps/index.py").unlink(missing_ok=True)

    assert indexes(copy, command)


@pytest.mark.parametrize("gone", ["billing", "billing/handlers/billing.py"])
def test_the_index_is_written_again_when_an_app_or_a_module_is_gone(copy: Copy, gone: str) -> None:
    write_app(copy.folder / "apps", "billing")
    make(copy, "apps/index.py")
    assert not indexes(copy, "key")

    copy.run("rm", "-r", f"apps/{gone}")

    assert indexes(copy, "key")
