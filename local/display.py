"""JSON and HTTP headers, printed in limited width."""

import json
import textwrap
from datetime import datetime

WIDTH = 88
SHOWN_STRING = 60


def show(value: object, margin: str) -> None:
    """Print JSON that fits the width: long strings cut, short objects on one line."""
    for line in pretty(abridged(value), WIDTH - len(margin)).splitlines():
        print(shorten(margin + line, WIDTH))


def pretty(value: object, width: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) <= width or not isinstance(value, dict | list) or not value:
        return line
    if isinstance(value, list):
        inner = [pretty(each, width - 2) for each in value]
        opening, closing = "[", "]"
    else:
        inner = [f"{json.dumps(name)}: {pretty(each, width - len(name) - 6)}" for name, each in value.items()]
        opening, closing = "{", "}"
    return "\n".join([opening, textwrap.indent(",\n".join(inner), "  "), closing])


def abridged(value: object) -> object:
    if isinstance(value, dict):
        return {name: abridged(each) for name, each in value.items()}
    if isinstance(value, list):
        return [abridged(each) for each in value]
    if isinstance(value, str) and len(value) > SHOWN_STRING:
        return f"{value[: SHOWN_STRING - 25]}... ({len(value):,} characters)"
    return value


def shorten(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 3]}..."


def rfc3339(moment: datetime) -> str:
    """A time in UTC, with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
