"""A body that fits the description of its path is accepted, or refused with a reason."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kit.fitting import fitting
from tests.kit.installed import CATALOG, openapi_document
from tests.kit.world import World


def shapes() -> dict[str, Any]:
    found: dict[str, Any] = openapi_document()["components"]["schemas"]
    return found


def bodies() -> list[Any]:
    """Return every path that takes a body, with its method and the body's schema."""
    return [
        pytest.param(method.upper(), path, media["schema"], id=f"{method} {path}")
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


@pytest.mark.parametrize(("method", "path", "schema"), bodies())
@settings(max_examples=50)
@given(data=st.data())
def test_a_body_that_fits_its_path_is_no_server_error(
    data: st.DataObject, method: str, path: str, schema: dict[str, Any]
) -> None:
    body = data.draw(fitting(schema, shapes()))
    answer = world().request(method, path.replace("{", "").replace("}", ""), body, x_api_key=world().acme)

    assert answer.status < 500, answer.text


@pytest.mark.parametrize("job_type", CATALOG.versions, ids=lambda each: f"{each.name}-{each.version}")
@settings(max_examples=100)
@given(data=st.data())
def test_an_input_that_fits_its_job_type_is_no_server_error(data: st.DataObject, job_type: Any) -> None:
    schema = job_type.input.model_json_schema()
    fit = data.draw(fitting(schema, schema.get("$defs", {})))
    answer = world().request("POST", "/v1/jobs", {"type": job_type.name, "input": fit})

    assert answer.status < 500, answer.text
