"""Within a version, an input that was accepted stays valid."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from claimcheck.build.apps import InvalidApp, read_apps
from claimcheck.build.inputs import Comparison, write_schemas

if TYPE_CHECKING:
    from tests.unit.build.folder import Apps


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Node(BaseModel):
    name: str
    inner: list[Node] = []


class Leaf(BaseModel):
    name: str
    inner: list[Leaf] = []
    colour: str = ""


class Root(BaseModel):
    name: Annotated[str, Field(max_length=3)]
    inner: list[Root] = []


def model(kind: Any, **others: Any) -> type[BaseModel]:
    """Return a model whose field `it` has this type, or is missing without one."""
    fields = others if kind is None else {"it": (kind, ...)} | others
    return create_model("Model", __config__={"extra": "forbid"}, **fields)


def narrowed(old: Any, new: Any) -> list[str]:
    before, after = (
        each if isinstance(each, type) and issubclass(each, BaseModel) else model(each) for each in (old, new)
    )
    schemas = before.model_json_schema(), after.model_json_schema()
    return list(Comparison(*schemas).narrowed(*schemas))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (str, str),
        (int, float),
        (int, int | None),
        (int | None, str | int | None),
        (Literal["a"], Literal["a", "b"]),
        (Literal["red"], Colour),
        (Colour, str),
        (
            Annotated[str, Field(min_length=2, max_length=3)],
            Annotated[str, Field(min_length=1, max_length=4)],
        ),
        (Annotated[int, Field(ge=1)], int),
        (list[int], list[float]),
        (tuple[int, int], tuple[float, int]),
        (dict[str, int], dict[str, Any]),
        (int, Any),
        (Node, Leaf),
        (model(str), model(str, more=(int, 7))),
        (model(str, more=(int, ...)), model(str, more=(int, 7))),
    ],
)
def test_an_input_may_become_wider(old: Any, new: Any) -> None:
    assert narrowed(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (str, int, "/it must now be of the type integer"),
        (float, int, "/it must now be of the type integer"),
        (Any, int, "/it must now be of the type integer"),
        (int | None, int, "/it no longer accepts null"),
        (int | str | None, int | None, "/it no longer accepts string"),
        (Literal["a", "b"], Literal["a"], "/it no longer accepts 'b'"),
        (Colour, Literal["blue"], "/it no longer accepts 'red'"),
        (str, Literal["a"], "/it no longer accepts other values"),
        (str, Annotated[str, Field(max_length=4)], "/it has the maxLength 4"),
        (Annotated[int, Field(ge=1)], Annotated[int, Field(ge=2)], "/it has the minimum 2"),
        (str, Annotated[str, Field(pattern="^a$")], "/it has another pattern"),
        (list[int], list[str], "/it/* must now be of the type string"),
        (list[Any], list[str], "/it/* must now be of the type string"),
        (
            dict[str, int],
            dict[Annotated[str, Field(max_length=2)], int],
            "/it/* has the maxLength 2",
        ),
        (dict[str, float], dict[str, int], "/it/* must now be of the type integer"),
        (tuple[int, str], tuple[int, int], "/it/1 must now be of the type integer"),
        (Node, Root, "/name has the maxLength 3"),
        (Leaf, Node, "/colour is gone"),
        (model(str, more=(int, 7)), model(str), "/more is gone"),
        (model(str), model(str, more=(int, ...)), "/more is required"),
        (model(str, more=(int, 7)), model(str, more=(int, ...)), "/more is required"),
    ],
)
def test_an_input_that_becomes_narrower_is_reported(old: Any, new: Any, found: str) -> None:
    assert found in narrowed(old, new)


def test_released_inputs_are_recorded_by_name_and_version(apps: Apps) -> None:
    apps.add("ledger_r")
    apps.add_job_type("ledger_r", "book_r", 1)
    apps.add_job_type("ledger_r", "book_r", 2, file="book_r_2")

    [written] = write_schemas(read_apps(apps.folder))

    assert written == apps.folder / "ledger_r/schemas.json"
    recorded = json.loads(written.read_text())
    assert {name: list(versions) for name, versions in recorded.items()} == {"book_r": ["1", "2"]}


def test_a_narrower_input_is_not_recorded_over_a_released_one(apps: Apps) -> None:
    apps.add("ledger_s")
    apps.add_job_type("ledger_s", "book_s")
    released = json.dumps({"book_s": {"1": {"type": "object", "properties": {"colour": {"type": "string"}}}}})
    apps.write("ledger_s/schemas.json", released)

    with pytest.raises(InvalidApp, match="/colour is gone"):
        write_schemas(read_apps(apps.folder))

    assert (apps.folder / "ledger_s/schemas.json").read_text() == released


def test_a_version_that_was_not_released_may_change(apps: Apps) -> None:
    apps.add("ledger_t")
    apps.add_job_type("ledger_t", "book_t", 2)
    apps.write("ledger_t/schemas.json", json.dumps({"book_t": {"1": {"properties": {"gone": {}}}}}))

    assert write_schemas(read_apps(apps.folder))


def test_a_file_of_released_inputs_that_is_no_json_is_reported(apps: Apps) -> None:
    apps.add("ledger_u")
    apps.add_job_type("ledger_u", "book_u")
    apps.write("ledger_u/schemas.json", "{\n<<<<<<<")

    with pytest.raises(
        InvalidApp, match=r"schemas\.json:2: this is not valid JSON: .*\. Restore it from git\.$"
    ):
        write_schemas(read_apps(apps.folder))
