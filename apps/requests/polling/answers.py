"""An answer as expressions see it: `{status, headers, body}`."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from claimcheck.outbound import Answer

# Levels. What is nested deeper is taken for text: nobody means it, and comparing or writing it takes C stack.
MAX_DEPTH = 100


def seen(answer: Answer) -> dict[str, Any]:
    return {"status": answer.status, "headers": answer.headers, "body": read(answer.body)}


def read(body: bytes) -> Any:
    """JSON where it is that, whatever its Content-Type says; else text, or None when there is nothing."""
    try:
        # Not left to json.loads, which lets surrogates through.
        text = body.decode("utf-8-sig")
        document = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        # A lone surrogate can be written in JSON, but stands for no character.
        if "\\ud" in text.lower():
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return body.decode(errors="replace") or None
    return document if _is_shallow(document) else body.decode(errors="replace")


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("too large a number")
    return number


def _is_shallow(document: Any) -> bool:
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return True
    return False
