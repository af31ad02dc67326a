"""An app is one folder: without it, everything else stays as it was.

Each app is deleted in a copy of the project, with the apps that use it. `test_imports` checks that no test
imports an app that is not its own.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.build.apps import read_apps
from claimcheck.build.description import describe, find_references
from claimcheck.http.submissions import show_job
from claimcheck.installed import ENDPOINTS, dialects, load_catalog
from claimcheck.openapi.models import type_name
from claimcheck.openapi.reference import REF
from local import deploy
from tests.kit.deployment import PROJECT
from tests.kit.valid_openapi import mistakes
from tests.project.copies import make_copy

if TYPE_CHECKING:
    from pathlib import Path

    from claimcheck.authoring import JobType
    from claimcheck.http.contract import Dialect
    from claimcheck.openapi.reference import Reference
    from tests.project.copies import Copy

APPS = read_apps(PROJECT / "apps")
NAMES = [app.name for app in APPS]
# Tests of everything installed, except the OpenAPI document.
WHOLE = [
    "tests/project/test_template.py",
    "tests/project/test_docs.py",
    "tests/project/test_errors_page.py",
]
# The engine's own tests. Of those that run the functions, one of those in this process, and one of those in
# processes of their own: `test_imports` checks that the others run no job type of an app.
ENGINE = [
    "tests/unit",
    "tests/contract/test_memory.py",
    "tests/integration/test_life.py",
    "tests/integration/test_secrecy.py",
    "tests/project/test_client_pages.py",
    "tests/project/test_doctor.py",
    "tests/project/test_webhooks_page.py",
    "tests/project/test_schedules_page.py",
]
# `sam build` checks the template below. The others take long, and tests beside them call the same code.
TWICE = (
    *("sam_accepts", "commands_run", "what_is_adopted"),
    *("no_input_breaks", "test_bulk", "crowded_queue", "many_timers"),
)
KEPT = ["-k", f"not ({' or '.join(TWICE)})"]


def with_users(name: str) -> set[str]:
    """Return an app, and those that use it, directly or not."""
    gone = {name}
    while more := {app.name for app in APPS if gone & set(app.declared.uses)} - gone:
        gone |= more
    return gone


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return make_copy(tmp_path)


@cache
def whole() -> dict[str, Any]:
    return describe(dialects(), load_catalog())


@pytest.mark.parametrize("name", NAMES)
def test_without_an_app_the_rest_is_as_it_was(copy: Copy, name: str) -> None:
    gone = with_users(name)

    copy.delete(gone)

    outside = {path for path in copy.changes() if not any(path.startswith(f"apps/{app}/") for app in gone)}
    assert outside <= {"template.yaml"}
    assert_only_that_is_missing(copy.openapi(), gone)
    assert " passed" in copy.test(*WHOLE, *KEPT)


def assert_only_that_is_missing(document: dict[str, Any], gone: set[str]) -> None:
    """Assert that the description lacks only these apps."""
    deleted = [each for each in dialects() if _app_of(each.problem) in gone]
    job_types = {each.name: each for each in load_catalog() if _app_of(each.input) in gone}
    touched = {route.path for each in deleted for route in each.routes}
    kept = {route.path for each in dialects() if each not in deleted for route in each.routes}
    submitted = {path for paths in ENDPOINTS.values() for path, name in paths.items() if name in job_types}
    own = {path for each in deleted for path in ENDPOINTS.get(each.name, {})}
    paths, schemas = document["paths"], document["components"]["schemas"]
    missing = whole()["components"]["schemas"].keys() - schemas.keys()

    # The rest is as it was, so it is valid if it refers to nothing that is missing.
    assert referred(document) <= {
        f"{kind}/{name}" for kind, named in document["components"].items() for name in named
    }
    assert whole()["paths"].keys() - paths.keys() == (touched | submitted | own) - kept
    # This path shows jobs of every dialect, so the dialect's forms disappear with it.
    shared = {route.path for each in dialects() for route in each.routes if route.endpoint is show_job}
    at_shared = json.dumps([whole()["paths"].get(path) for path in shared])
    references = [_reference_of(each) for each in deleted]
    left = {name for name in missing if not _belongs(name, references, job_types)}
    assert {name for name in left if name not in at_shared} == set()
    assert {name for name in schemas if _belongs(name, [], job_types)} == set()
    for path in paths.keys() - touched - shared:
        assert _without(missing, paths[path]) == _without(missing, whole()["paths"][path]), path
    for name, schema in schemas.items():
        assert _without(missing, schema) == _without(missing, whole()["components"]["schemas"][name]), name


def referred(document: dict[str, Any]) -> set[str]:
    return set(re.findall(r'"#/components/(\w+/[^"]+)"', json.dumps(document)))


def _app_of(defined: Any) -> str:
    return str(defined.__module__.split(".")[1])


def _belongs(schema: str, references: list[Reference], job_types: dict[str, JobType]) -> bool:
    """Return whether a schema of this name belongs to one of these dialects or job types."""
    if any(schema.startswith(each.prefix) and schema.endswith("Problem") for each in references):
        return True
    described = (each.schemas for each in references)
    named = (type_name(each) for each in job_types.values())
    return any(schema in schemas for schemas in described) or any(
        re.match(rf"{name}(Submission|Input|Result|Body|Schedule)", schema) for name in named
    )


def _reference_of(dialect: Dialect) -> Reference:
    catalog = load_catalog()
    submitted = {path: catalog.newest(name) for path, name in ENDPOINTS.get(dialect.name, {}).items()}
    found = {path: job_type for path, job_type in submitted.items() if job_type}
    return find_references()[dialect.name](catalog, found)


def _without(missing: set[str], described: Any) -> Any:
    """Remove references to missing schemas, and examples, which may be of any installed job type."""
    match described:
        case dict():
            kept = {name: value for name, value in described.items() if name != "examples"}
            return {
                name: _without(missing, value) for name, value in kept.items() if not _names(missing, value)
            }
        case list():
            return [_without(missing, value) for value in described if not _names(missing, value)]
    return described


def _names(missing: set[str], value: Any) -> bool:
    target = value.get("$ref", "") if isinstance(value, dict) else value
    return isinstance(target, str) and target.startswith(REF) and target.removeprefix(REF) in missing


@pytest.mark.parametrize("gone", [NAMES[:1], NAMES], ids=["one", "all"])
def test_a_copy_without_apps_is_built_for_this_machine(copy: Copy, gone: list[str], tmp_path: Path) -> None:
    deleted = set().union(*map(with_users, gone))
    index = copy.folder / "apps/index.py"
    former = index.read_text()
    copy.delete(deleted)
    index.write_text(former)  # as long as no command has written it again

    built = deploy.build(copy.folder, tmp_path / "builds", tmp_path / "build.log").parent

    layer = built / "AppsLayer/python/apps"
    assert {path.name for path in layer.iterdir() if path.name != "__pycache__"} == {
        "index.py",
        *(set(NAMES) - deleted),
    }
    assert (built / "GetJob/openapi.json").stat().st_size > 0
    assert not deleted & set(re.findall(r"apps\.(\w+)", (layer / "index.py").read_text()))


def test_without_any_app_the_engine_s_tests_pass_and_its_types_hold(copy: Copy) -> None:
    for name in NAMES:
        copy.run("rm", "-r", f"apps/{name}")
    # The index still has them.
    copy.python("claimcheck.build", "template")
    copy.make_index()

    assert mistakes(copy.openapi()) == []
    assert " passed" in copy.test(*WHOLE, *ENGINE, *KEPT)
    copy.check_types("functions", "layers", "local")


def test_an_app_that_another_one_uses_cannot_be_deleted_alone(copy: Copy) -> None:
    used = {name for app in APPS for name in app.declared.uses}
    if not used:
        pytest.skip("no app here uses another one")
    [name, *_] = sorted(used)

    copy.run("rm", "-r", f"apps/{name}")
    refused = copy.attempt("python", "-m", "claimcheck.build", "template")

    assert refused.returncode == 1
    assert f"`uses` names {name}, which apps does not have." in refused.stderr
