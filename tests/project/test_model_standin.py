"""The stand-in for a language model, by itself."""

from __future__ import annotations

import json
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.authoring.generation import enclosed
from local.server import Server
from local.standins.model import Exchange, completion
from tests.kit.model_chain import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Iterator


def request(schema: Any, data: Any, **more: Any) -> dict[str, Any]:
    """Return a request in the form in which MiniStack passes on the Bedrock adapter's."""
    reported = f"It must be valid by this JSON Schema:\n{json.dumps(schema)}"
    messages = [("system", "Use {braces} freely."), ("system", reported), ("user", enclosed(data))]
    return {"model": "m", "messages": [{"role": role, "content": text} for role, text in messages]} | more


def filled(schema: Any, data: Any = CONTEXT) -> Any:
    return json.loads(completion(request(schema, data))["choices"][0]["message"]["content"])


@pytest.fixture
def standin() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Exchange) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def client(standin: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=standin, trust_env=False) as made:
        yield made


def bounded(low: int, high: int, names: tuple[str, str]) -> st.SearchStrategy[dict[str, int]]:
    """Return two bounds in order, or fewer."""
    both = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    return both.flatmap(
        lambda pair: st.sampled_from(
            [{}, {names[0]: pair[0]}, {names[1]: pair[1]}, dict(zip(names, pair, strict=True))]
        )
    )


NAMES = st.sampled_from(["title", "summary", "why", "owner", "sources", "files", "risks", "verdict", "name"])
LEAVES = st.one_of(
    bounded(0, 80, ("minLength", "maxLength")).map(lambda bounds: {"type": "string", **bounds}),
    bounded(-9, 9, ("minimum", "maximum")).map(lambda bounds: {"type": "integer", **bounds}),
    bounded(-9, 9, ("minimum", "maximum")).map(lambda bounds: {"type": "number", **bounds}),
    st.lists(st.sampled_from(["low", "high", "none"]), min_size=1).map(lambda words: {"enum": words}),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"const": "handoff"}]),
)


def inner(part: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.tuples(part, bounded(0, 5, ("minItems", "maxItems")))
    return st.one_of(
        lists.map(lambda both: {"type": "array", "items": both[0], **both[1]}),
        part.map(lambda option: {"anyOf": [option, {"type": "null"}]}),
        objects(part),
    )


def objects(part: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(NAMES, part, max_size=4).map(
        lambda fields: {
            "type": "object",
            "properties": fields,
            "required": list(fields),
            "additionalProperties": False,
        }
    )


SCHEMAS = objects(st.recursive(LEAVES, inner, max_leaves=8))
DATA = st.one_of(
    st.just(CONTEXT),
    st.just({"listing": {"name": "Coat check", "keywords": "coat,hat"}, "findings": []}),
    st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=30), st.lists(st.text(max_size=30)))),
)


@given(schema=SCHEMAS, data=DATA)
def test_the_answer_is_valid_for_every_schema(schema: Any, data: Any) -> None:
    jsonschema_rs.validate(schema, filled(schema, data))


def test_a_schema_may_be_sent_as_openai_has_it() -> None:
    schema = {"type": "object", "properties": {"verdict": {"enum": ["fine"]}}}
    asked = request({}, CONTEXT, response_format={"type": "json_schema", "json_schema": {"schema": schema}})
    del asked["messages"][1]

    assert json.loads(completion(asked)["choices"][0]["message"]["content"]) == {"verdict": "fine"}


def test_the_same_request_has_the_same_answer() -> None:
    asked = request({"type": "object", "properties": {"summary": {"type": "string"}}}, CONTEXT)

    assert completion(asked) == completion(asked)


def test_its_health_says_what_it_is(client: httpx.Client) -> None:
    health = client.get("/")
    answer = client.post("/v1/chat/completions", json=request({"type": "object"}, CONTEXT))

    assert health.status_code == 200
    assert health.json()["note"] == "This is not a language model."
    assert health.headers["server"] == "claimcheck-stand-in"
    assert answer.json()["model"] == "stand-in"
    assert answer.json()["usage"]["prompt_tokens"] > 0


ENDLESS = {"$defs": {"a": {"properties": {"b": {"$ref": "#/$defs/a"}}}}, "$ref": "#/$defs/a"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"messages": []}',
        b'{"messages": [{"role": "user"}]}',
        b'{"messages": [{"role": "user", "content": "hello"}], "response_format": "json"}',
        json.dumps(request(ENDLESS, CONTEXT)).encode(),
    ],
)
def test_an_invalid_request_is_answered(client: httpx.Client, body: bytes) -> None:
    assert client.post("/v1/chat/completions", content=body).status_code == 400


def test_there_is_nothing_else(client: httpx.Client) -> None:
    assert client.post("/v1/embeddings", content=b"{}").status_code == 404
