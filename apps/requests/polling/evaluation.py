"""Asking a customer's expression of a stranger's answer, within bounds.

Neither is to be trusted: `[@, @] | [@, @] | …` doubles what it has with each step, `join` can multiply two
long texts, and C code that compares or writes what came of it cannot be interrupted. So every step is paid
for out of one budget, and so is whatever a step makes, by its size with all that is in it.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any

from jmespath.functions import Functions
from jmespath.visitor import Options, TreeInterpreter

from apps.requests.expressions import parsed
from claimcheck.domain.errors import MalformedJson
from claimcheck.http.strict_json import parse

if TYPE_CHECKING:
    from claimcheck.outbound import Answer

# Levels. Anything nested deeper is text: to compare or to write it takes C stack.
MAX_DEPTH = 100
# Units: so many a step, one for each value or character that is made. An answer of 1 MiB can be gone through
# a few times; all of it takes seconds at most, and some ten MB.
BUDGET = 4_000_000
STEP = 4
# What these nodes give is new; what others give, a document or another node had.
MAKING = frozenset(
    {
        "filter_projection",
        "flatten",
        "function_expression",
        "multi_select_dict",
        "multi_select_list",
        "projection",
        "slice",
        "value_projection",
    }
)


class Unanswerable(Exception):
    """The expression makes no sense of this answer; of another it may."""


class TooCostly(Exception):
    """Evaluating it takes more than anybody may."""


def document_of(answer: Answer) -> dict[str, Any]:
    """An answer as expressions see it: `{status, headers, body}`."""
    return {"status": answer.status, "headers": answer.headers, "body": read(answer.body)}


def read(body: bytes) -> Any:
    """A JSON body as its value, whatever its Content-Type; any other body as text; an empty one as None."""
    try:
        return parse(body.removeprefix(BOM_UTF8), max_depth=MAX_DEPTH, unique=False)
    except MalformedJson:
        return body.decode(errors="replace") or None


def evaluated(expression: str, document: Any) -> Any:
    """What it finds, as JSON knows it. Raises: Unanswerable, TooCostly."""
    interpreter = _Interpreter()
    try:
        found = interpreter.visit(parsed(expression), document)
        interpreter.pay(_weight(found, interpreter.left))
        return json.loads(json.dumps(found, allow_nan=False))
    except (ValueError, TypeError, ArithmeticError, AttributeError, LookupError, RecursionError) as error:
        raise Unanswerable(_why(error)) from error


def is_true(value: Any) -> bool:
    """As JMESPath has it ("Or Expressions"): all but null, false and what is empty."""
    return value is not None and value is not False and value not in ("", [], {})


def _why(error: Exception) -> str:
    """In words that quote nothing of the answer."""
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
            # The one function whose result is not bounded by the sum of what it is given.
            case "join", [str(separator), list(texts)]:
                self._interpreter.pay(len(separator) * len(texts))
        return super().call_function(function_name, resolved_args)


def _weight(value: Any, limit: int) -> int:
    """How many values and characters it is made of, each as often as it stands there; counted up to a little
    over the limit."""
    total = 0
    waiting = [value]
    while waiting and total <= limit:
        each = waiting.pop()
        total += 1
        if isinstance(each, str | list | dict):
            total += len(each)
        if total <= limit and isinstance(each, list | dict):
            waiting.extend(each)
        if total <= limit and isinstance(each, dict):
            waiting.extend(each.values())
    return total
