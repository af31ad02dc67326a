"""`make check` and `sam build` report every wrong declaration at once: file, line, reason and remedy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.unit.build.folder import HANDLER, Apps

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).parents[3]
JOB_TYPE = """\
from claimcheck.authoring import JobModel, JobType
{imports}
class Words(JobModel):
    {field}

JOB_TYPE = JobType(
    name="{name}",
    summary="Says it.",
    input=Words,
    result=Words,
    timeout={timeout},
)
"""
ENGINE = "layers/engine/requirements.txt"
NOT_ON_LAMBDA = "Correct this, because it would fail on Lambda, too."


class Wrong(NamedTuple):
    """An app with one mistake: how its job type, its handler and its other files differ from a good app's."""

    reported: str
    imports: str = ""
    field: str = "text: str"
    timeout: str = "30"
    handler: str = HANDLER
    files: Mapping[str, str] = {}
    declared: str = ""


TEMPLATE = """\
Parameters:
  WorkerTimeout:
    Type: Number
    Default: 200
    MinValue: 120
"""
RELEASED = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"text": {"type": "string"}, "colour": {"type": "string"}},
    "required": ["text"],
}


# By the name of the app and of its job type.
WRONG = {
    "late": Wrong(
        "job_types/late.py:11: timeout is 110 s, and the worker's limit is 105 s. Choose at most 105, or "
        "set `timeout = 125` under [worker] in the app's app.toml, and run `make template`.",
        timeout="110",
    ),
    "never": Wrong(
        "job_types/never.py:6: the module cannot be imported: ValueError: job type never: timeout must be "
        f"1 to 885 s, not 0. {NOT_ON_LAMBDA}",
        timeout="0",
    ),
    "unclosed": Wrong(
        f"job_types/unclosed.py:2: the module cannot be imported: SyntaxError: '(' was never closed. "
        f"{NOT_ON_LAMBDA}",
        imports="print(",
    ),
    "failing": Wrong(
        f"job_types/failing.py:2: the module cannot be imported: ZeroDivisionError: division by zero. "
        f"{NOT_ON_LAMBDA}",
        imports="1 / 0",
    ),
    "heavy": Wrong(
        "job_types/heavy.py:2: `PIL` does not ship with this module. Add its package to `requirements.layer` "
        "in apps/heavy/app.toml, and run `make lock`.",
        imports="import PIL",
        files={"requirements/worker.txt": "pillow==1.0\n"},
    ),
    "handless": Wrong(
        "handlers/handless.py:1: the function `handle` is missing. Write `def handle(given, job)`.",
        handler="def handel(given, job): ...\n",
    ),
    "short": Wrong(
        "handlers/short.py:2: `handle` cannot be called with an input and a context: too many positional "
        "arguments. Write `def handle(given, job)`.",
        handler="\ndef handle(given): ...\n",
    ),
    "waiting": Wrong(
        "handlers/waiting.py:1: `handle` is not a plain function. Write `def handle(given, job)`.",
        handler="async def handle(given, job): ...\n",
    ),
    "leaving": Wrong(
        f"handlers/leaving.py:1: the module cannot be imported: SystemExit: 3. {NOT_ON_LAMBDA}",
        handler="raise SystemExit(3)\n",
    ),
    "developing": Wrong(
        "handlers/developing.py:2: `yaml` does not ship with this module. Add its package to "
        "`requirements.worker` in apps/developing/app.toml, and run `make lock`.",
        handler="import json\nimport yaml\n",
    ),
    "deep": Wrong(
        "inner/maths.py:3: `hypothesis` does not ship with this module. Add its package to "
        "`requirements.worker` in apps/deep/app.toml, and run `make lock`.",
        handler="from apps.deep.inner.maths import handle\n",
        files={"inner/maths.py": "\n\nimport hypothesis\n"},
    ),
    "relative": Wrong(
        "handlers/relative.py:1: No module named 'inner'. Import it by its full name, apps.relative.inner.",
        handler="import inner\n",
        files={"inner.py": ""},
    ),
    "tested": Wrong(
        "handlers/tested.py:1: No module named 'apps.tested.tests'. Correct the name. The modules demo, "
        "requirements, tests of an app do not ship.",
        handler="from apps.tested.tests import made_up\n",
        files={"tests/made_up.py": ""},
    ),
    "taken": Wrong(
        "app.toml:3: /v1/two/{words} is taken by apps/pathless. Choose another path.",
        declared='[endpoints]\n"/v1/two/{words}" = "taken"',
        field="words: str",
    ),
    "pathless": Wrong(
        "app.toml:4: v1/three cannot be a path of pathless. Start it with `/`, and put only fields of the "
        "job type's input in braces: text.",
        declared='[endpoints]\n"/v1/two/{text}" = "pathless"\n"v1/three" = "pathless"',
    ),
    "spelled": Wrong(
        "app.toml:2: colour is not a known field. See docs/howto/add-a-job-type.md for all keys.",
        declared="colour = 1",
    ),
    "narrowed": Wrong(
        "job_types/narrowed.py:9: version 1 of narrowed was released with another input: /colour is gone. "
        "Jobs of this version can be waiting. Undo the change, or raise the version: declare version 2 in a "
        "file beside this one.",
        files={"schemas.json": json.dumps({"narrowed": {"1": RELEASED}})},
    ),
}


def write(apps: Apps, name: str, wrong: Wrong) -> None:
    apps.add(name, wrong.declared)
    declared = JOB_TYPE.format(name=name, imports=wrong.imports, field=wrong.field, timeout=wrong.timeout)
    apps.write(f"{name}/job_types/{name}.py", declared)
    apps.write(f"{name}/handlers/{name}.py", wrong.handler)
    for path, text in wrong.files.items():
        apps.write(f"{name}/{path}", text)


def check(project: Path, template: str = TEMPLATE) -> subprocess.CompletedProcess[str]:
    (project / ENGINE).parent.mkdir(parents=True)
    shutil.copy(PROJECT / ENGINE, project / ENGINE)
    (project / "template.yaml").write_text(template)
    return subprocess.run(
        [sys.executable, "-m", "claimcheck.build", "check"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": f"{PROJECT / 'layers/engine'}:."},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """All that is reported of the wrong apps, in one run."""
    project = tmp_path_factory.mktemp("wrong")
    for name, wrong in WRONG.items():
        write(Apps(project / "apps"), name, wrong)
    done = check(project)
    assert done.returncode == 1
    return done.stderr.splitlines()


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_reported_with_its_place_and_remedy(problems: list[str], name: str) -> None:
    assert [line for line in problems if line.startswith(f"apps/{name}/")] == [
        f"apps/{name}/{WRONG[name].reported}"
    ]


def test_nothing_else_is_reported(problems: list[str]) -> None:
    assert len(problems) == len(WRONG)


def test_a_template_that_lacks_what_an_app_declares_is_reported(tmp_path: Path) -> None:
    Apps(tmp_path / "apps").add("billing", "[environment.worker]\nCURRENCY = 'EUR'")

    done = check(
        tmp_path, f"{TEMPLATE}# apps: environment.worker (written by `make template`)\n# apps: end\n"
    )

    assert done.stderr == "template.yaml:1: the blocks of the apps are not up to date. Run `make template`.\n"


def test_an_app_passes_that_imports_only_what_ships(tmp_path: Path) -> None:
    everything = Wrong(
        "",
        imports="import boto3, tzdata, aws_lambda_powertools.utilities.typing",
        handler="import PIL\n\ndef handle(given, job, more=None):\n    return given\n",
        files={"requirements/worker.txt": "pillow==1.0\n"},
    )
    write(Apps(tmp_path / "apps"), "good", everything)

    done = check(tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
