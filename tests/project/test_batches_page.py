"""The how-to on batches, executed."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

from tests.kit.deployment import PROJECT
from tests.kit.http_world import served
from tests.kit.pages import needs_curl
from tests.kit.world import World, job_type

if TYPE_CHECKING:
    from pathlib import Path

SUBMIT, POLL = re.findall(
    r"^```sh\n(.*?)^```$", (PROJECT / "docs/howto/batches.md").read_text(), re.DOTALL | re.MULTILINE
)


def run(command: str, folder: Path, **own: str) -> dict[str, Any]:
    script = ["bash", "-euc", command]
    done = subprocess.run(
        script, cwd=folder, env=os.environ | own, capture_output=True, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@needs_curl
def test_its_commands_submit_and_poll_a_batch(tmp_path: Path) -> None:
    world = World(
        job_types=[job_type("text_statistics")], handlers={"text_statistics": lambda given, job: given}
    )
    with served(world) as url:
        own = {"URL": url, "KEY": world.acme}
        first, second = run(SUBMIT, tmp_path, **own)["jobs"]
        again = run(SUBMIT, tmp_path, **own)["jobs"]
        polled = run(POLL, tmp_path, **own)

    assert (first["status"], second["status"]) == (202, 422)
    assert again[0] == first
    assert [job["job_id"] for job in polled["jobs"]] == [first["job"]["job_id"]]
    assert polled["not_found"] == []
