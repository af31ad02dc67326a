"""The Bedrock adapter, against a test server that speaks Bedrock's wire JSON."""

from __future__ import annotations

import json
import socket
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import unquote

import jsonschema_rs
import pytest
from pydantic import Field

from claimcheck.authoring import JobModel
from claimcheck.authoring.generation import ModelRefused
from claimcheck.aws import calls as aws
from claimcheck.aws.bedrock import BedrockModel, shape_of
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.ports import Reply, Turn
from claimcheck.testing.model import ScriptedModel
from tests.kit.serving import Quiet, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimcheck.domain.ports import LanguageModel

MODEL = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string", "maxLength": 5, "description": "One word."}},
    "required": ["word"],
}
NOT_TAKEN = "This model doesn't support the outputConfig field. Remove outputConfig and try again."


def answer(*blocks: dict[str, Any], stop_reason: str = "end_turn") -> tuple[int, dict[str, Any]]:
    return 200, {
        "output": {"message": {"role": "assistant", "content": list(blocks)}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": 31, "outputTokens": 7, "totalTokens": 38},
        "metrics": {"latencyMs": 5},
    }


def refusal(status: int, code: str, message: str = "No.") -> tuple[int, dict[str, Any]]:
    return status, {"__type": code, "message": message}


HELLO = answer({"text": '{"word": "hello"}'})


@dataclass
class Bedrock:
    """Gives each request the next reply. None means no answer until the end of the test."""

    url: str = ""
    replies: deque[tuple[int, dict[str, Any]] | None] = field(default_factory=deque)
    paths: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    over: Event = field(default_factory=Event)


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[None]:
    """One session for all tests, because reading botocore's descriptions takes long."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        aws.session.cache_clear()
        yield
        aws.session.cache_clear()


@pytest.fixture
def bedrock() -> Iterator[Bedrock]:
    here = Bedrock()

    class Exchange(Quiet, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            here.paths.append(unquote(self.path))
            here.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            reply = here.replies.popleft()
            if reply is None:
                self.close_connection = True
                here.over.wait(10)
                return
            status, document = reply
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = True

    with serve(Exchange) as here.url:
        yield here
        here.over.set()


@pytest.fixture
def model(bedrock: Bedrock) -> Iterator[BedrockModel]:
    made = BedrockModel(bedrock.url)
    yield made
    made.close()


def ask(model: LanguageModel, *turns: Turn, model_id: str = MODEL, timeout: float = 5) -> Reply:
    asked = turns or (Turn("user", "Greet me."),)
    return model.converse(model_id, "You are brief.", asked, SCHEMA, max_tokens=50, timeout=timeout)


def test_a_conversation_goes_out_as_converse_has_it(bedrock: Bedrock, model: BedrockModel) -> None:
    bedrock.replies.append(HELLO)

    ask(model, Turn("user", "Greet me."), Turn("assistant", "Hi"), Turn("user", "As JSON."))

    [body] = bedrock.bodies
    assert bedrock.paths == [f"/model/{MODEL}/converse"]
    assert body["messages"] == [
        {"role": "user", "content": [{"text": "Greet me."}]},
        {"role": "assistant", "content": [{"text": "Hi"}]},
        {"role": "user", "content": [{"text": "As JSON."}]},
    ]
    assert body["inferenceConfig"] == {"maxTokens": 50}
    assert body["system"][0] == {"text": "You are brief."}
    assert "toolConfig" not in body


def test_the_full_schema_is_in_the_prompt_and_its_shape_is_enforced(
    bedrock: Bedrock, model: BedrockModel
) -> None:
    bedrock.replies.append(HELLO)

    ask(model)

    [body] = bedrock.bodies
    reported = body["system"][1]["text"]
    enforced = body["outputConfig"]["textFormat"]
    assert json.loads(reported[reported.index("{") :]) == SCHEMA
    assert enforced["type"] == "json_schema"
    assert json.loads(enforced["structure"]["jsonSchema"]["schema"]) == {
        "type": "object",
        "properties": {"word": {"type": "string"}},
        "required": ["word"],
        "additionalProperties": False,
    }


def test_a_reply_has_the_text_without_the_reasoning_and_what_it_took(
    bedrock: Bedrock, model: BedrockModel
) -> None:
    thought = {"reasoningContent": {"reasoningText": {"text": "Hm."}}}
    bedrock.replies.append(
        answer(thought, {"text": '{"word":'}, {"text": ' "hi"}'}, stop_reason="max_tokens")
    )

    assert ask(model) == Reply('{"word": "hi"}', "max_tokens", input_tokens=31, output_tokens=7)


def test_a_model_that_knows_no_structured_output_is_asked_without_and_from_then_on(
    bedrock: Bedrock, model: BedrockModel
) -> None:
    bedrock.replies.extend([refusal(400, "ValidationException", NOT_TAKEN), HELLO, HELLO, HELLO])

    replies = [ask(model), ask(model), ask(model, model_id="another")]

    assert {reply.text for reply in replies} == {'{"word": "hello"}'}
    assert ["outputConfig" in body for body in bedrock.bodies] == [True, False, False, True]


def test_a_botocore_that_is_older_than_structured_output_does_without(
    bedrock: Bedrock, model: BedrockModel
) -> None:
    bedrock.replies.append(HELLO)
    client = model._client_for(5)
    del client.meta.service_model.operation_model("Converse").input_shape.members["outputConfig"]

    assert ask(model).text == '{"word": "hello"}'


@pytest.mark.parametrize(
    "reply",
    [
        refusal(429, "ThrottlingException"),
        refusal(429, "ModelNotReadyException"),
        refusal(408, "ModelTimeoutException"),
        refusal(424, "ModelErrorException"),
        refusal(500, "InternalServerException"),
        refusal(503, "ServiceUnavailableException"),
        refusal(502, "SomethingNew"),
        None,
    ],
    ids=lambda reply: reply[1]["__type"] if reply else "no answer",
)
def test_a_temporary_failure_is_unavailable_and_not_retried_here(
    bedrock: Bedrock, model: BedrockModel, reply: tuple[int, dict[str, Any]] | None
) -> None:
    bedrock.replies.append(reply)

    with pytest.raises(Unavailable):
        ask(model, timeout=1)

    assert len(bedrock.bodies) == 1


def test_an_unreachable_server_is_unavailable(bedrock: Bedrock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        gone = BedrockModel(f"http://127.0.0.1:{taken.getsockname()[1]}")

        with pytest.raises(Unavailable):
            ask(gone)

    gone.close()


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_what_the_operator_must_fix_is_a_permanent_failure(
    bedrock: Bedrock, model: BedrockModel, code: str
) -> None:
    bedrock.replies.append(refusal(403, code))

    with pytest.raises(ModelRefused, match=f"^{code}$"):
        ask(model)


def test_a_request_that_is_wrong_in_itself_is_refused_for_good(bedrock: Bedrock, model: BedrockModel) -> None:
    bedrock.replies.extend([refusal(400, "ValidationException")] * 2 + [HELLO])

    with pytest.raises(ModelRefused, match=r"^ValidationException$"):
        ask(model)

    ask(model)
    assert "outputConfig" in bedrock.bodies[-1], "it was not the field, so the model may well know it"


def test_the_operator_must_fix_a_missing_region(monkeypatch: pytest.MonkeyPatch, bedrock: Bedrock) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    aws.session.cache_clear()

    with pytest.raises(ModelRefused, match="NoRegionError"):
        ask(BedrockModel(bedrock.url))


def test_the_operator_gets_the_reason_and_nothing_of_the_request(
    bedrock: Bedrock, model: BedrockModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("claimcheck.aws.bedrock.warn", lambda message, **fields: shown.append(fields))
    bedrock.replies.append(refusal(403, "AccessDeniedException", "You don't have access to the model."))

    with pytest.raises(ModelRefused):
        ask(model, Turn("user", "a secret"))

    assert shown == [
        {
            "model_id": MODEL,
            "error": "AccessDeniedException",
            "said": "You don't have access to the model.",
        }
    ]


def test_the_wait_for_an_answer_is_the_one_asked_for(bedrock: Bedrock, model: BedrockModel) -> None:
    bedrock.replies.extend([HELLO] * 4)

    waits = []
    for timeout in (90.9, 90.2, 3, 0.2):
        ask(model, timeout=timeout)
        waits.append(model._client_for(timeout).meta.config.read_timeout)

    assert waits == [90, 90, 3, 1]


class Part(JobModel):
    source: Annotated[str, Field(min_length=1, max_length=600, description="Where.", examples=["files/0"])]
    weight: Annotated[float, Field(ge=0, le=1)]


class Artifact(JobModel):
    """A model's output with every kind of bound that a field can have."""

    kind: Literal["finding"] = "finding"
    title: Annotated[str, Field(pattern="^[A-Z]", description="A headline.")]
    confidence: Literal["low", "high"]
    owner: Annotated[str | None, Field(max_length=100)]
    parts: Annotated[list[Part], Field(min_length=1, max_length=10)]


def test_a_shape_has_only_what_structured_output_takes() -> None:
    schema = Artifact.model_json_schema()

    shape = shape_of(schema)

    jsonschema_rs.meta.validate(shape)
    allowed = {"type", "enum", "const", "required", "$ref", "items", "anyOf", "properties", "$defs"}
    assert keywords(shape) <= allowed | {"additionalProperties"}
    assert shape["properties"].keys() == Artifact.model_fields.keys()
    assert shape["$defs"].keys() == schema["$defs"].keys()


def keywords(schema: Any) -> set[str]:
    """Return every keyword of a schema, without the names of fields."""
    found = set(schema)
    inner: list[Any] = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    return found.union(*(keywords(each) for each in inner))


def test_a_field_may_be_called_like_a_keyword() -> None:
    shape = shape_of({"type": "object", "properties": {"title": {"type": "string", "title": "Title"}}})

    assert shape["properties"] == {"title": {"type": "string"}}


def takes(make: Callable[[], LanguageModel]) -> None:
    """For mypy alone: an adapter has the port's type."""


takes(BedrockModel)
takes(lambda: ScriptedModel([]))
