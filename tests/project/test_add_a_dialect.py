"""The how-to on adding a dialect, done as it says: its one file is written, its requests sent."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from claimcheck import __main__ as admin
from claimcheck import dialects
from claimcheck.catalog import Catalog
from claimcheck.openapi import describe
from tests.world import Answer, World, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.http import Dialect

PAGE = (Path(__file__).parents[2] / "docs/howto/add-a-dialect.md").read_text()
NAME = "tasks"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Dialect, ...]]:
    """The dialects with the page's file beside those of the project."""
    (written, _) = blocks("python")
    path = tmp_path / re.findall(r"# (\S+\.py)\n", written)[0]
    path.parent.mkdir(parents=True)
    path.write_text(written)
    monkeypatch.setattr(dialects, "__path__", [*dialects.__path__, str(path.parent)])
    yield dialects.find()
    del sys.modules[f"claimcheck.dialects.{NAME}"]
    del dialects.tasks  # type: ignore[attr-defined]


@pytest.fixture
def world(found: tuple[Dialect, ...]) -> World:
    (_, declared) = blocks("python")
    named = dict(re.findall(r'(\w+)="(.*)"', declared))
    return World(job_types=[job_type(**named)], dialects=found)


def call(world: World, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    return world.request(method, path, body, authorization="", x_render_token=world.acme, **headers)


def as_shown(number: int, answer: Answer) -> bool:
    """Whether an answer is that one of the page, ids and times apart."""
    shown = json.loads(blocks("json")[number])
    own = {"task": shown["task"], "changed": shown["changed"]}
    types = [type(answer.json[name]) for name in own] == [str, int]
    return types and bool(answer.json | own == shown)


def test_one_file_is_all_that_it_takes(found: tuple[Dialect, ...]) -> None:
    assert {each.name for each in found} == {each.name for each in dialects.ALL} | {NAME}


def test_its_requests_are_answered_as_the_page_shows(world: World) -> None:
    [(path, body)] = re.findall(r"\$URL(\S+) .* -d '(.*)'", PAGE)

    accepted = call(world, "POST", path, json.loads(body))
    world.work()
    read = call(world, "GET", accepted.headers["Location"])

    assert (accepted.status, read.status) == (202, 200)
    assert as_shown(0, accepted)
    assert as_shown(1, read)


def test_the_engine_brings_what_no_dialect_can_forget(world: World) -> None:
    without = world.request("POST", "/renders/hello", {}, authorization="")
    wrong = call(world, "POST", "/renders/hello", {"times": "two", "text": "x"})
    twice = call(world, "POST", "/renders/hello", {"text": "x"})
    first = call(world, "POST", "/renders/hello", {}, idempotency_key="k")
    again = call(world, "POST", "/renders/hello", {}, idempotency_key="k")
    other = call(world, "POST", "/renders/bye", {}, idempotency_key="k")

    assert (without.status, without.headers["WWW-Authenticate"]) == (401, "RenderToken")
    assert (wrong.status, wrong.json["code"]) == (422, "invalid_fields")
    assert twice.status == 422
    assert again.text == first.text
    assert other.json["code"] == "idempotency_key_reused"
    assert "RateLimit" in first.headers


def test_the_job_is_also_read_in_canonical_form(world: World) -> None:
    task = call(world, "POST", "/renders/hello", {}).json["task"]

    assert world.request("GET", f"/v1/jobs/{task}").json["job_id"] == task


def test_it_is_in_the_api_s_description(found: tuple[Dialect, ...], world: World) -> None:
    document = describe(found, Catalog(world.job_types))

    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert document["paths"]["/renders/{text}"]["post"]["operationId"] == "create_echo"
    assert document["paths"]["/tasks/{job_id}"]["get"]["tags"] == ["Tasks"]


def test_its_keys_begin_as_it_says(
    found: tuple[Dialect, ...],
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(admin, "ALL", found)
    monkeypatch.setattr(admin, "_engine", lambda stack: world.engine)

    done = admin.main(["key", "--org", "acme", "--dialect", NAME])

    assert done == 0
    assert json.loads(capsys.readouterr().out)["key"].startswith("task_")
