"""Bounded evaluation of a customer's expression on a third party's answer.

Both are untrusted: `[@, @] | [@, @] | …` doubles its value with each step, `join` can multiply two long
texts, and C code cannot be interrupted. So steps and new values cost units of a budget.
"""

import json
from codecs import BOM_UTF8
from email.message import Message
from typing import Any

from jmespath.functions import Functions
from jmespath.visitor import Options, TreeInterpreter

from apps.requests.expressions import parsed
from claimcheck.authoring import Fail
from claimcheck.domain.errors import MalformedJson
from claimcheck.http.strict_json import parse
from claimcheck.outbound import Answer

# Levels. Deeper JSON is not read, because C code compares and writes values recursively.
MAX_DEPTH = 100
# The subtypes of media types for one JSON value a line.
JSON_LINES = ("x-ndjson", "ndjson", "jsonl", "jsonlines", "x-jsonlines", "json-lines")
# Units: STEP for each step, and one for each new value or character. An answer of 1 MiB can be read a few
# times. The whole budget takes a few seconds at most, and about 10 MB.
BUDGET = 4_000_000
STEP = 4
# The nodes that make new values.
_MAKING = """
filter_projection flatten function_expression multi_select_dict multi_select_list projection slice
value_projection
"""
MAKING = frozenset(_MAKING.split())


class Unanswerable(Exception):
    """The expression does not fit this answer."""


class TooCostly(Exception):
    """Evaluating the expression exceeds the budget."""


def document_of(answer: Answer) -> dict[str, Any]:
    """Raises: Fail if the body is not what its headers say: no expression would ever be true of it."""
    return {"status": answer.status, "headers": answer.headers, "body": _body(answer)}


def _body(answer: Answer) -> Any:
    """Return JSON as its value, lines of JSON as a list, anything else as text, and no body as None."""
    if not answer.body:
        return None
    if encoding := answer.headers.get("content-encoding", ""):
        raise _unreadable(f"has the Content-Encoding {encoding[:40]}, but only gzip and deflate can be read")
    media_type = Message()
    media_type["content-type"] = answer.headers.get("content-type", "")
    charset = media_type.get_content_charset("utf-8")
    try:
        # Some charsets have lone surrogates, which no row can hold.
        body = answer.body.decode(charset, errors="replace").encode(errors="replace")
    except (LookupError, ValueError):
        raise _unreadable(f"has the unknown charset {charset[:40]}") from None
    body, kind = body.removeprefix(BOM_UTF8), media_type.get_content_subtype()
    try:
        if kind in JSON_LINES:
            return [_json(line) for line in body.split(b"\n") if line.strip()]
        return _json(body)
    except MalformedJson as error:
        if kind in JSON_LINES or kind == "json" or kind.endswith("+json"):
            raise _unreadable(f"is not the {kind} that its Content-Type says: {error.message}") from error
        return body.decode()


def _json(text: bytes) -> Any:
    return parse(text, max_depth=MAX_DEPTH, strict=False)


def _unreadable(why: str) -> Fail:
    return Fail("answer_unreadable", f"The body of the answer {why}")


def evaluated(expression: str, document: Any) -> Any:
    """Return the value, which is JSON. Raises: Unanswerable, TooCostly."""
    interpreter = _Interpreter()
    try:
        found = interpreter.visit(parsed(expression), document)
        interpreter.pay(_weight(found, interpreter.left))
        return json.loads(json.dumps(found, allow_nan=False))
    except (ValueError, TypeError, ArithmeticError, AttributeError, LookupError, RecursionError) as error:
        raise Unanswerable(_why(error)) from error


def is_true(value: Any) -> bool:
    """Return whether a value is true in JMESPath ("Or Expressions"): not null, false or empty."""
    return value is not None and value is not False and value not in ("", [], {})


def _why(error: Exception) -> str:
    """Return the reason, without quoting the answer."""
    name = getattr(error, "function_name", None)
    if name is None:
        return f"its operands do not fit ({type(error).__name__})"
    expected = getattr(error, "expected_types", [])
    return f"{name}() takes {' or '.join(expected)}, not {getattr(error, 'actual_type', 'this')}"


class _Interpreter(TreeInterpreter):  # type: ignore[misc]
    def __init__(self) -> None:
        self.left = BUDGET
        super().__init__(Options(custom_functions=_Functions(self)))

    def pay(self, units: int) -> None:
        self.left -= units
        if self.left < 0:
            raise TooCostly

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self.pay(STEP)
        made = super().visit(node, *args, **kwargs)
        if node["type"] in MAKING:
            self.pay(_weight(made, self.left))
        return made


class _Functions(Functions):  # type: ignore[misc]
    def __init__(self, interpreter: _Interpreter) -> None:
        self._interpreter = interpreter

    def call_function(self, function_name: str, resolved_args: list[Any]) -> Any:
        match function_name, resolved_args:
            # Only its result can be larger than its arguments.
            case "join", [str(separator), list(texts)]:
                self._interpreter.pay(len(separator) * len(texts))
        return super().call_function(function_name, resolved_args)


def _weight(value: Any, limit: int) -> int:
    """Count the values and characters in a value, up to soon after `limit`."""
    total = 0
    waiting = [value]
    while waiting and total <= limit:
        each = waiting.pop()
        total += 1 + (len(each) if isinstance(each, str | list | dict) else 0)
        if total <= limit and isinstance(each, list | dict):
            waiting.extend(each)
        if total <= limit and isinstance(each, dict):
            waiting.extend(each.values())
    return total
