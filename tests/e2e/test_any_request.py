"""The API's description has every answer of the API: tried with requests of any form, by schemathesis."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from claimcheck.installed import dialects
from local import stack
from local.keys import administer, create_key
from tests.kit.deployed_stack import PLENTY
from tests.kit.fetched import UVX, need, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.stack import Stack

SCHEMATHESIS = (*UVX, "schemathesis@4.32.5")
DESCRIBED = ("status_code", "content_type", "response_headers", "response_schema")
PATIENCE = 35  # seconds for each dialect
LONGEST = 40  # seconds for an answer
LEAST = 100  # requests in that time, on a slow machine

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def idle() -> Iterator[Stack]:
    """Return a stack whose workers rest: jobs of any form could send requests to anywhere.

    Its org has what some requests need: credits, and a secret that signs callbacks.
    """
    need(*SCHEMATHESIS, "--version")
    with stack.running() as running:
        functions = running.endpoint.client("lambda")
        found = functions.list_event_source_mappings(FunctionName=running.outputs["WorkerName"])
        for mapping in found["EventSourceMappings"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        administer(running, "secret", org="acme")
        administer(running, "credits", org="acme", add=PLENTY)
        yield running


@pytest.mark.parametrize("dialect", [each.name for each in dialects()])
def test_every_answer_is_described(
    idle: Stack, dialect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = create_key(idle, "acme", limit=PLENTY, dialect=dialect, plan="paid")
    checks = ["not_a_server_error", *(f"{each}_conformance" for each in DESCRIBED)]
    seed = secrets.randbits(32)
    with capsys.disabled():
        print(f"\nschemathesis with a key of {dialect}: --seed {seed}")

    printed = run(
        tmp_path,
        *(*SCHEMATHESIS, "run", f"{idle.api_url}/openapi.json", "--header", f"Authorization: Bearer {key}"),
        *("--checks", ",".join(checks), "--phases", "examples,fuzzing,stateful", "--workers", "4"),
        *("--max-time", str(PATIENCE), "--seed", str(seed), "--no-color"),
        # The local proxy waits longer for a busy machine than schemathesis.
        *("--request-timeout", str(LONGEST)),
    )

    [tried] = [int(line.split()[0]) for line in printed.splitlines() if " generated, " in line]
    assert tried > LEAST
