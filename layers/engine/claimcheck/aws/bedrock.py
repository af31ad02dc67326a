"""A language model, by the Converse API of Amazon Bedrock.

The JSON schema is sent twice: in the system prompt, and as `outputConfig.textFormat`, which enforces the
shape ("Get validated JSON results from models", Amazon Bedrock User Guide). Models that do not support the
field refuse it and get the request again without it. More models refuse a forced tool, the older way.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from claimcheck.authoring.generation import ModelRefused
from claimcheck.aws.calls import IN_DOUBT, NO_ANSWER, REFUSALS, code_of, make_client
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.json_text import compact
from claimcheck.domain.observability import warn
from claimcheck.domain.ports import Reply, Turn

# Transient errors below 500 (API Reference, "Converse", Errors).
PASSING = REFUSALS | IN_DOUBT | {"ModelErrorException", "ModelNotReadyException", "ModelTimeoutException"}
# The part of JSON Schema that `textFormat` supports (same guide as above). Bounds are not part of it.
SHAPE = frozenset({"type", "enum", "const", "required", "$ref"})
SCHEMA_RULE = (
    "Answer with exactly one JSON object, without any text or markup around it. "
    "It must be valid by this JSON Schema:\n"
)
# Characters of a refusal in the log. It describes the request and does not quote it.
MESSAGE_LIMIT = 300


class BedrockModel:
    """The client is built on first use. An `endpoint_url` of None is Bedrock's own."""

    def __init__(self, endpoint_url: str | None = None) -> None:
        self._endpoint_url = endpoint_url
        self._client: Any = None
        self._read_timeout = 0
        # Models that have refused `textFormat` in this process.
        self._unshaped: set[str] = set()

    def converse(
        self,
        model_id: str,
        system: str,
        turns: Sequence[Turn],
        schema: dict[str, Any],
        *,
        max_tokens: int,
        timeout: float,
    ) -> Reply:
        request = {
            "modelId": model_id,
            "system": [{"text": system}, {"text": SCHEMA_RULE + compact(schema)}],
            "messages": [{"role": turn.role, "content": [{"text": turn.text}]} for turn in turns],
            "inferenceConfig": {"maxTokens": max_tokens},
        }
        try:
            client = self._client_for(timeout)
            return _reply(self._ask(client, request, schema))
        except NO_ANSWER as error:
            raise Unavailable from error
        except ClientError as error:
            raise _translated(error, model_id) from error
        except BotoCoreError as error:
            # No region, no credentials, a malformed model id: the operator has to fix it.
            warn("Bedrock cannot be asked", model_id=model_id, error=type(error).__name__)
            raise ModelRefused(type(error).__name__) from error

    def _client_for(self, timeout: float) -> Any:
        """Return a client with this read timeout, in seconds."""
        seconds = max(int(timeout), 1)
        if self._client is None or self._read_timeout != seconds:
            self.close()
            self._client = make_client(
                "bedrock-runtime", read_timeout=seconds, endpoint_url=self._endpoint_url
            )
            self._read_timeout = seconds
        return self._client

    def close(self) -> None:
        """Close the connections. The next call opens new ones."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _ask(self, client: Any, request: dict[str, Any], schema: dict[str, Any]) -> Any:
        """Ask with `textFormat`, and again without it if the request is refused for any reason."""
        model_id = request["modelId"]
        if model_id in self._unshaped:
            return client.converse(**request)
        try:
            return client.converse(**request, outputConfig=_text_format(schema))
        except (ClientError, ParamValidationError) as error:
            # ParamValidationError: Lambda's botocore may be older than the field.
            if isinstance(error, ClientError) and code_of(error) != "ValidationException":
                raise
        answer = client.converse(**request)
        self._unshaped.add(model_id)
        return answer


def _text_format(schema: dict[str, Any]) -> dict[str, Any]:
    structure = {"jsonSchema": {"name": "answer", "schema": json.dumps(shape_of(schema))}}
    return {"textFormat": {"type": "json_schema", "structure": structure}}


def shape_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a JSON Schema that `textFormat` can enforce."""
    shape = {}
    for key, value in schema.items():
        if key in SHAPE:
            shape[key] = value
        elif key == "items":
            shape[key] = shape_of(value)
        elif key in ("anyOf", "allOf"):
            shape[key] = [shape_of(each) for each in value]
        elif key in ("properties", "$defs"):
            shape[key] = {name: shape_of(each) for name, each in value.items()}
    if schema.get("type") == "object":
        shape["additionalProperties"] = False
    return shape


def _reply(answer: Mapping[str, Any]) -> Reply:
    """Return an answer without its reasoning blocks. Raises: Unavailable if it is malformed."""
    try:
        usage = answer["usage"]
        return Reply(
            text="".join(block.get("text", "") for block in answer["output"]["message"]["content"]),
            stop_reason=answer["stopReason"],
            input_tokens=usage["inputTokens"],
            output_tokens=usage["outputTokens"],
        )
    except KeyError as error:
        raise Unavailable from error


def _translated(error: ClientError, model_id: str) -> Exception:
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in PASSING or status >= 500:
        return Unavailable()
    message = error.response.get("Error", {}).get("Message", "")[:MESSAGE_LIMIT]
    warn("Bedrock refuses", model_id=model_id, error=code, said=message)
    return ModelRefused(code)
