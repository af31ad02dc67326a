"""The values that people type: inputs, metadata and durations."""

from __future__ import annotations

import json
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class WrongUsage(Exception):
    """The command cannot run as it was given, for the reason in the message."""


PAIR = re.compile(r"([A-Za-z_]\w*)(:?=)(.*)", re.DOTALL)
DURATION = re.compile(r"(\d+)([smhd])")
LONGEST = timedelta(days=3650)
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def read_input(given: Iterable[str]) -> dict[str, Any]:
    """Return the input of `name=text`, `name=@file`, `name:=JSON`, and of JSON files, `-` for stdin.

    Later ones replace fields of earlier ones. Raises: WrongUsage.
    """
    found: dict[str, Any] = {}
    for each in given:
        found |= _fields(each)
    return found


def _fields(given: str) -> dict[str, Any]:
    if pair := PAIR.fullmatch(given):
        name, sign, value = pair.groups()
        return {name: _json(value, name) if sign == ":=" else _text(value)}
    document = _json(_file(given.removeprefix("@")), given)
    if not isinstance(document, dict):
        raise WrongUsage(f"{given} must have a JSON object")
    return document


def _text(value: str) -> str:
    return _file(value[1:]) if value.startswith("@") else value


def _file(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"{name} cannot be read ({error}). Give a file, name=text or name:=JSON.") from error


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        raise WrongUsage(f"{name} must be JSON: {error}") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"it has no {name}")


def read_pairs(given: Iterable[str]) -> dict[str, str]:
    """Return metadata of `name=text`. Raises: WrongUsage."""
    pairs = [each.partition("=") for each in given]
    if wrong := [name for name, sign, _ in pairs if not sign]:
        raise WrongUsage(f"{wrong[0]} must be name=text")
    return {name: text for name, _, text in pairs}


def read_duration(text: str) -> timedelta:
    """Return the duration of `90s`, `15m`, `1h` or `7d`. Raises: WrongUsage."""
    if (found := DURATION.fullmatch(text)) is None:
        raise WrongUsage(f"{text} must be a number and s, m, h or d, such as 1h")
    try:
        duration = timedelta(**{UNITS[found[2]]: int(found[1])})
    except OverflowError:
        duration = timedelta.max
    if duration > LONGEST:
        raise WrongUsage(f"{text} must be at most {LONGEST.days}d")
    return duration
