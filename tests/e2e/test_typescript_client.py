"""The TypeScript client, against the deployed API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clients.typescript.tests.package import build, run
from local.keys import create_key

if TYPE_CHECKING:
    from local.stack import Stack


def test_it_keeps_its_promises_on_the_deployed_stack(deployed: Stack) -> None:
    build()
    key = create_key(deployed, "typescript-user")

    own = {"CLAIMCHECK_URL": deployed.api_url, "CLAIMCHECK_KEY": key}
    done = run("node", "--test", "build/tests/deployed.js", **own)

    assert done.returncode == 0, done.stdout
    assert "# pass 3" in done.stdout
