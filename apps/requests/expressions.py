"""Validation of customers' JMESPath expressions.

It also finds unknown functions and wrong numbers of arguments, which jmespath finds only when evaluating.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from jmespath.exceptions import IncompleteExpressionError, LexerError, ParseError
from jmespath.functions import Functions
from jmespath.lexer import Lexer
from jmespath.parser import Parser

MAX_EXPRESSION = 2000
# Levels of nesting. Evaluation takes a few Python frames for each.
MAX_DEPTH = 50

Node = dict[str, Any]


def parsed(expression: str) -> Node:
    """Parse an expression. Raises: ValueError with the error and its place."""
    try:
        tree: Node = _BoundedParser().parse(expression).parsed
    except IncompleteExpressionError:
        raise _at(len(expression), "unexpected end") from None
    except LexerError as error:
        raise _at(error.lexer_position, f"unexpected {expression[error.lexer_position :][:1]!r}") from None
    except ParseError as error:
        if error.lex_position >= len(expression):
            raise _at(len(expression), "unexpected end") from None
        raise _at(error.lex_position, f"unexpected {str(error.token_value)[:20]!r}") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise ValueError(
            "not a JMESPath expression: it is empty, or has a literal that is not JSON"
        ) from None
    _check_depth(tree)
    _check_functions(tree, expression)
    return tree


def mentions(tree: Node, field: str) -> bool:
    return any(node["type"] == "field" and node["value"] == field for node in _nodes(tree))


class _BoundedParser(Parser):  # type: ignore[misc]
    """A parser whose maximum depth is independent of Python's stack."""

    _depth = 0

    def _expression(self, binding_power: int = 0) -> Node:
        if self._depth > MAX_DEPTH:
            raise RecursionError
        self._depth += 1
        node: Node = super()._expression(binding_power)
        self._depth -= 1
        return node


def _check_depth(tree: Node) -> None:
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise _too_deep()


def _check_functions(tree: Node, expression: str) -> None:
    """Check the function calls. The text has their places, in the order of the tree."""
    calls = (node for node in _nodes(tree) if node["type"] == "function_expression")
    for call, (name, place) in zip(calls, _calls(expression), strict=True):
        known = Functions.FUNCTION_TABLE.get(name)
        if known is None:
            raise _at(place, f"there is no function {name[:40]}()")
        takes, given = known["signature"], len(call["children"])
        variadic = bool(takes and takes[-1].get("variadic"))
        if given < len(takes) or (given > len(takes) and not variadic):
            least = "at least " if variadic else ""
            arguments = "argument" if len(takes) == 1 else "arguments"
            raise _at(place, f"{name}() takes {least}{len(takes)} {arguments}, not {given}")


def _calls(expression: str) -> Iterator[tuple[str, int]]:
    for token, following in pairwise(Lexer().tokenize(expression)):
        if following["type"] == "lparen" and token["type"] == "unquoted_identifier":
            yield token["value"], token["start"]


def _nodes(node: Node) -> Iterator[Node]:
    """Yield the nodes of the tree, each before its children."""
    yield node
    for child in _children(node):
        yield from _nodes(child)


def _children(node: Node) -> list[Node]:
    return [child for child in node.get("children", ()) if isinstance(child, dict)]


def _at(index: int, what: str) -> ValueError:
    return ValueError(f"not a JMESPath expression: {what} at character {index + 1}")


def _too_deep() -> ValueError:
    return ValueError(f"an expression has at most {MAX_DEPTH} levels of nesting")
