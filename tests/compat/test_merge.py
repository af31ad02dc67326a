"""A fork with an app of its own merges a later version without a conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.compat.releases import FORMER, PROJECT, need_history, run

if TYPE_CHECKING:
    from pathlib import Path

APP = """summary = "Invoices as PDF"

[parameters.InvoiceCurrency]
Type = "String"
Default = "EUR"
Description = "The currency of invoices, as an ISO 4217 code."

[environment.worker]
INVOICE_CURRENCY = "!Ref InvoiceCurrency"

[[permissions.worker]]
Action = "ses:SendEmail"
Resource = "*"
"""


def test_a_fork_with_an_app_of_its_own_merges_this_version(tmp_path: Path) -> None:
    need_history()
    head = run(["git", "rev-parse", "HEAD"], PROJECT).strip()
    fork = tmp_path / "fork"
    run(["git", "clone", "-q", "--shared", PROJECT, fork], tmp_path)
    run(["git", "checkout", "-q", "-b", "ours", FORMER], fork)
    run(["python", "-m", "claimcheck.build", "app", "invoices"], fork)
    (fork / "apps/invoices/app.toml").write_text(APP)
    run(["python", "-m", "claimcheck.build", "template"], fork)
    run(["git", "add", "-A"], fork)
    run(["git", "commit", "-q", "-m", "Add our app"], fork)

    run(["git", "merge", "-q", "--no-edit", head], fork)

    run(["python", "-m", "claimcheck.build", "template"], fork)
    run(["python", "-m", "claimcheck.build", "index", "apps/index.py"], fork)
    assert run(["git", "status", "--porcelain"], fork) == ""
    assert "invoices" in (fork / "apps/index.py").read_text()
    assert "INVOICE_CURRENCY" in (fork / "template.yaml").read_text()
    run(["python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "apps/invoices/tests"], fork)
