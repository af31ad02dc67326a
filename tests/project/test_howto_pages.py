"""The how-tos on adding a job type and a dialect, executed in a copy of the project."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.build.scaffold import write_app
from local.settings import parameters as local_parameters
from local.settings import secrets_of_app
from tests.kit.deployment import PROJECT
from tests.project.copies import make_copy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project.copies import Copy

# Sends a request with these headers, runs the worker, and reads the job.
SEND = """
import json, sys
from claimcheck.installed import find_handler, load_catalog
from tests.kit.world import World

path, body, name, header = sys.argv[1:]
world = World(job_types=list(load_catalog()), handlers={name: find_handler(name)})
key = {} if header == "authorization" else {"authorization": "", header.replace("-", "_"): world.acme}
accepted = world.request("POST", path, json.loads(body), **key)
world.work()
read = world.request("GET", accepted.headers.get("Location", "/"), **key)
print(json.dumps([accepted.status, accepted.json, read.status, read.json]))
"""


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def follow(copy: Copy, page: str, app: str) -> set[str]:
    """Create the app and write the page's files. Returns the new files."""
    write_app(copy.folder / "apps", app)
    for block in blocks(page, "python"):
        if named := re.match(r"# (\S+\.py)\n", block):
            path = copy.folder / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.partition("\n")[2])
    copy.make_index()
    return copy.changes()


def send(copy: Copy, page: str, name: str, header: str = "authorization") -> list[Any]:
    [(path, body)] = re.findall(r"""\$URL(/\S*?)"? [^$]*-H [^']*(?:'[^']*'[^']*)*-d '(.*)'""", page)
    reported = copy.run(sys.executable, "-c", SEND, path, body, name, header).splitlines()[-1]
    found: list[Any] = json.loads(reported)
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return make_copy(tmp_path)


def test_a_job_type_is_added_as_its_page_says(copy: Copy) -> None:
    page = (PROJECT / "docs/howto/add-a-job-type.md").read_text()

    changes = follow(copy, page, "billing")

    assert {path.split("/")[1] for path in changes} == {"billing"}
    copy.lint("apps/billing")
    assert "4 passed" in copy.test("apps/billing")
    accepted, _, read, ended = send(copy, page, "column_statistics")
    assert (accepted, read, ended["status"]) == (202, 200, "completed")
    assert {"result": ended["result"]} == json.loads(blocks(page, "json")[0])


def test_a_handler_uses_tools_as_its_page_says(copy: Copy) -> None:
    page = (PROJECT / "docs/howto/use-tools.md").read_text()
    settings, local = blocks(page, "toml")

    follow(copy, page, "billing")
    (copy.folder / "apps/billing/app.toml").write_text(settings)
    (copy.folder / "local.toml").write_text(local)
    copy.python("claimcheck.build", "template")

    copy.lint("apps/billing")
    assert "4 passed" in copy.test("apps/billing")
    template = (copy.folder / "template.yaml").read_text()
    assert "  BillingMailKeyArn:\n" in template
    assert "    Default: 2048\n" in template
    assert local_parameters(copy.folder) == tomllib.loads(local)["parameters"]
    assert secrets_of_app(copy.folder, "billing") == tomllib.loads(local)["secrets"]["billing"]


def test_a_dialect_is_added_as_its_page_says(copy: Copy) -> None:
    page = (PROJECT / "docs/howto/add-a-dialect.md").read_text()
    settings = copy.folder / "apps/renders/app.toml"

    changes = follow(copy, page, "renders")
    settings.write_text(settings.read_text() + blocks(page, "toml")[0])
    copy.make_index()

    assert {path.split("/")[1] for path in changes} == {"renders"}
    copy.lint("apps/renders")
    accepted, task, read, done = send(copy, page, "renders", "x-render-token")
    shown = [json.loads(block) for block in blocks(page, "json")]
    own = [{"task": each["task"], "changed": each["changed"]} for each in (task, done)]
    assert (accepted, read) == (202, 200)
    assert [each | mine for each, mine in zip(shown, own, strict=True)] == [task, done]
    operations = copy.openapi()["paths"]
    assert operations["/renders/{name}"]["post"]["operationId"] == "create_renders"
    assert operations["/tasks/{job_id}"]["get"]["tags"] == ["Tasks"]
