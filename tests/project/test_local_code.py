"""New code for the local stack: what is built, packed and published, and what is left alone."""

import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local import deploy, gaps, rollout, settings
from local.progress import StepFailed
from local.rollout import Deployment, assemble, pack, roll_out
from tests.kit.deployment import PROJECT

TO: Any = SimpleNamespace(url="http://127.0.0.1:8081", client=lambda _: None)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Return a list of what was deployed and published. Nothing is really built."""
    done: list[str] = []

    def build(*_: object) -> Path:
        done.append("build")
        return tmp_path / "build" / "template.yaml"

    def publish(_: object, project: Path, artifact: str, scratch: Path) -> None:
        done.append(artifact)

    (tmp_path / "build").mkdir()
    monkeypatch.setattr(deploy, "build", build)

    def put(*_: object, **__: object) -> dict[str, str]:
        done.append("deploy")
        return {}

    monkeypatch.setattr(deploy, "deploy", put)
    monkeypatch.setattr(gaps, "close", lambda *_: None)
    monkeypatch.setattr(settings, "store_secrets", lambda *_: None)
    monkeypatch.setattr(rollout.Publisher, "publish", publish)
    monkeypatch.setattr(rollout.Publisher, "switch", lambda _: done.append("switch"))
    return done


@pytest.fixture
def project(tmp_path: Path) -> Path:
    place = tmp_path / "project"
    for name in (
        *("template.yaml", "samconfig.toml", "packaging/rules.mk", "apps/a/handlers/a.py", "apps/a/app.toml"),
        *("apps/a/job_types/a.py", "apps/a/requirements/worker.txt", "apps/a/tests/test_a.py"),
        *(f"functions/{name}/app.py" for name in ("get_job", "submit_job", "sweeper", "worker")),
        *("layers/engine/claimcheck/job.py", "layers/engine/requirements.txt"),
    ):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("")
    return place


def again(project: Path, former: Deployment | None, **parameters: str) -> Deployment:
    return roll_out(project, parameters, former, project, TO)


@pytest.mark.parametrize(
    ("edited", "published"),
    [
        ("apps/a/handlers/a.py", ["AppsLayer", "switch"]),
        ("apps/a/job_types/a.py", ["AppsLayer", "GetJob", "switch"]),
        ("layers/engine/claimcheck/job.py", ["EngineLayer", "GetJob", "switch"]),
        ("functions/worker/app.py", ["Worker", "switch"]),
        ("apps/a/tests/test_a.py", []),
    ],
)
def test_only_what_an_edit_changes_is_published(
    done: list[str], project: Path, edited: str, published: list[str]
) -> None:
    former = again(project, None)
    done.clear()
    (project / edited).write_text("edited")

    again(project, again(project, former))

    assert done == published


@pytest.mark.parametrize(
    "edited", ["template.yaml", "apps/a/requirements/worker.txt", "layers/engine/requirements.txt"]
)
def test_a_new_template_or_package_is_deployed_and_then_all_code(
    done: list[str], project: Path, edited: str
) -> None:
    former = again(project, None)
    done.clear()
    (project / edited).write_text("edited")

    again(project, former)

    assert done == ["build", "deploy", *rollout.ARTIFACTS, "switch"]


def test_a_new_parameter_is_deployed(done: list[str], project: Path) -> None:
    former = again(project, None, ModelId="one")
    done.clear()

    again(project, former, ModelId="two")

    assert done[:2] == ["build", "deploy"]


def test_a_package_has_the_new_code_and_the_packages_of_the_former_build(tmp_path: Path) -> None:
    built, place = tmp_path / "built", tmp_path / "place"
    write(built, {"python/apps/a/old.py": "", "python/apps/a/kept.py": "1", "python/jmespath/parser.py": "3"})
    write(place, {"python/apps/a/kept.py": "2"})

    with zipfile.ZipFile(BytesIO(pack(built, place))) as archive:
        content = {name: archive.read(name).decode() for name in archive.namelist()}

    assert content == {"python/apps/a/kept.py": "2", "python/jmespath/parser.py": "3"}


def test_the_same_code_is_the_same_package(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, {"app.py": "code"})

    assert pack(tmp_path, tmp_path / "one") == pack(tmp_path, tmp_path / "two")


def test_a_handler_that_is_no_python_is_reported_with_file_and_line(tmp_path: Path) -> None:
    copy = copied(tmp_path / "project", deploy.SOURCES)
    handler = next(copy.glob("apps/*/handlers/*.py"))
    handler.write_text("def handle(given, job):\n    return (\n\nbroken(:\n")

    with pytest.raises(StepFailed) as failed:
        assemble(copy, "AppsLayer", tmp_path / "place")

    message = str(failed.value)
    assert "The stack keeps its former code" in message
    assert f"{handler.relative_to(copy)}:4: " in message


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def copied(place: Path, names: Iterable[str]) -> Path:
    for path in deploy.source_files(PROJECT, names):
        target = place / path.relative_to(PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return place
