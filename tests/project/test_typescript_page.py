"""The how-to on the TypeScript client, compiled and executed against the service."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from claimcheck import __version__
from claimcheck.domain.job import SECOND
from clients.typescript.tests.package import PACKAGE, build, run
from tests.kit.bucket import bucket
from tests.kit.documented import PARTS
from tests.kit.http_world import served
from tests.kit.receiver import CallingWorld
from tests.kit.upstream import Upstream, reply

TEXT = (Path(__file__).parents[2] / "docs/howto/typescript.md").read_text()
BLOCKS = re.findall(r"^```ts\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
ARCHIVE = f"claimcheck-client-{__version__}.tgz"
SHOWN = re.compile(r"console\.log\(.*\); // (.*)")
RECEIVER = """
const { receive } = await import("./receiver.js");
const { headers, body } = JSON.parse(process.env.CALLBACK);
const ask = body => receive(new Request("https://app.example.com", { method: "POST", headers, body }));
console.log((await ask(body)).status, (await ask(body + " ")).status);
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a project that has installed the packed package, with the page compiled."""
    build()
    folder = tmp_path_factory.mktemp("page")
    packed = run("npm", "pack", "--ignore-scripts", "--pack-destination", str(folder))
    assert packed.returncode == 0, packed.stderr
    installed = run("npm", "install", "--offline", "--prefix", str(folder), str(folder / ARCHIVE))
    assert installed.returncode == 0, installed.stderr
    (folder / "node_modules/@types").symlink_to(PACKAGE / "node_modules/@types")
    *script, receiver = BLOCKS
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "script.ts").write_text("".join(script))
    (folder / "receiver.ts").write_text(receiver)
    (folder / "ask.js").write_text(RECEIVER)
    options = ["--strict", "--target", "es2022", "--module", "nodenext", "--types", "node"]
    # The types of the package are checked, but not those of tsc itself.
    options.append("--skipDefaultLibCheck")
    done = run("node_modules/.bin/tsc", *options, *map(str, folder.glob("*.ts")))
    assert done.returncode == 0, done.stdout
    return folder


def world(**parts: Any) -> CallingWorld:
    return CallingWorld(**PARTS, **parts)


def test_its_code_prints_what_it_shows(compiled: Path) -> None:
    def work() -> None:
        service.clock.advance(SECOND)
        service.work()

    with bucket() as files, served(service := world(files=files), after_each=work) as url:
        done = run("node", str(compiled / "script.js"), URL=url, KEY=service.acme)

    shown = [line for block in BLOCKS[:-1] for each in SHOWN.findall(block) for line in each.split(", ")]
    assert (done.stdout.splitlines(), done.stderr) == (shown, "")


def test_its_receiver_takes_a_callback_and_no_changed_one(compiled: Path) -> None:
    service = world()
    with Upstream() as upstream:
        job = service.request(
            "POST",
            "/v1/jobs",
            {"type": "text_statistics", "input": {"text": "a"}, "callback_url": upstream.at("/", reply(204))},
        ).json
        service.work()
        [received] = upstream.requests
    callback = json.dumps({"headers": received.headers, "body": received.body.decode()})

    done = run("node", str(compiled / "ask.js"), CALLBACK=callback, CLAIMCHECK_SECRET=service.secret)

    assert done.stdout.splitlines() == [f"{job['job_id']} completed", "204 401"], done.stderr


def test_the_package_has_the_version_of_the_engine() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())

    assert package["version"] == __version__
    assert ARCHIVE in TEXT
    assert "dependencies" not in package
