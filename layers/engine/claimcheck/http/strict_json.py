"""Strict JSON: UTF-8, no duplicate names, no NaN or Infinity, limited depth."""

import json
import math
import sys
from codecs import BOM_UTF8
from collections import Counter
from typing import Any

from claimcheck.domain.errors import MalformedJson

MAX_DEPTH = 32


def parse(body: bytes, *, max_depth: int = MAX_DEPTH, strict: bool = True) -> Any:
    """Parse JSON with at most `max_depth` levels of arrays and objects.

    If it is not `strict`, names may occur twice in an object, and NaN and Infinity are null.

    Raises: MalformedJson, which says what is wrong and where.
    """
    if body.startswith(BOM_UTF8):
        raise MalformedJson("The body starts with a byte order mark. Remove it.")
    try:
        text = body.decode()
        document = json.loads(
            text,
            object_pairs_hook=_object if strict else None,
            parse_constant=_refuse_constant if strict else lambda name: None,
            parse_float=_finite,
        )
        # JSON can escape a lone surrogate, which is not a character.
        if "\\ud" in text.lower():
            json.dumps(document, ensure_ascii=False).encode()
    except MalformedJson:
        raise
    except UnicodeDecodeError as error:
        raise MalformedJson(f"The body is not UTF-8 at byte {error.start}.") from error
    except UnicodeEncodeError as error:
        raise MalformedJson("The body has a lone surrogate, which is not a character.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedJson(f"The body is not valid JSON: {error.msg} at {where}.") from error
    except RecursionError as error:
        raise _too_deep(max_depth) from error
    except ValueError as error:
        # Only CPython's limit for integers is left.
        message = f"The body has an integer of more than {sys.get_int_max_str_digits()} digits."
        raise MalformedJson(message) from error
    _check_depth(document, max_depth)
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise MalformedJson(f"The name {json.dumps(twice[:100])} occurs twice in one object.")
    return document


def _refuse_constant(name: str) -> Any:
    raise MalformedJson(f"The body has {name}, which is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise MalformedJson(f"The number {text[:100]} is too large.")
    return number


def _check_depth(document: Any, max_depth: int) -> None:
    level = [document]
    for _ in range(max_depth):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise _too_deep(max_depth)


def _too_deep(max_depth: int) -> MalformedJson:
    return MalformedJson(f"The body has more than {max_depth} levels of arrays and objects.")
