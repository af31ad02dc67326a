"""A body that fits the description of its path is accepted, or refused with a reason."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.fitting import fitting
from tests.kit.installed import CATALOG, openapi_document
from tests.kit.world import World

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def bodies() -> list[Any]:
    """Return every path that takes a body, with its method and bodies that fit."""
    shapes = openapi_document()["components"]["schemas"]
    return [
        pytest.param(method.upper(), path, fitting(media["schema"], shapes), id=f"{method} {path}")
        for path, operations in openapi_document()["paths"].items()
        for method, operation in operations.items()
        for media in operation.get("requestBody", {"content": {}})["content"].values()
    ]


@cache
def world() -> World:
    """Return a world with every job type, whose org can pay for any job."""
    made = World({}, list(CATALOG.versions))
    made.acme = made.key("acme", plan="paid", limit=10**9)
    made.engine.credits.add_credits("acme", 10**9, made.clock.now(), "funds")
    return made


@pytest.mark.parametrize(("method", "path", "fit"), bodies())
@given(data=st.data())
def test_a_body_that_fits_its_path_is_no_server_error(
    data: st.DataObject, method: str, path: str, fit: SearchStrategy[Any]
) -> None:
    body, at = data.draw(fit), path.replace("{", "").replace("}", "")
    answer = world().request(method, at, body, x_api_key=world().acme)

    assert answer.status < 500, answer.text


def inputs() -> list[Any]:
    """Return the name of each job type, with inputs that fit."""
    schemas = [(each, each.input.model_json_schema()) for each in CATALOG.versions]
    return [
        pytest.param(each.name, fitting(schema, schema.get("$defs", {})), id=f"{each.name}-{each.version}")
        for each, schema in schemas
    ]


@pytest.mark.parametrize(("name", "fit"), inputs())
@given(data=st.data())
def test_an_input_that_fits_its_job_type_is_no_server_error(
    data: st.DataObject, name: str, fit: SearchStrategy[Any]
) -> None:
    answer = world().request("POST", "/v1/jobs", {"type": name, "input": data.draw(fit)})

    assert answer.status < 500, answer.text
