"""The how-to on `sam local` covers every event, with the function that handles it."""

from __future__ import annotations

import json
import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs/howto/sam-local.md").read_text()
INVOKED = dict(re.findall(r"^\$ event (\w+) \| invoke (\w+)", PAGE, re.MULTILINE))
FUNCTIONS = {
    "GET": "GetJob",
    "PATCH": "GetJob",
    "POST": "SubmitJob",
    "aws:sqs": "Worker",
    "aws.scheduler": "Sweeper",
}


def taken_by(event: dict[str, object]) -> str:
    match event:
        case {"requestContext": {"http": {"method": str(source)}}}:
            return FUNCTIONS[source]
        case {"Records": [{"eventSource": str(source)}, *_]} | {"source": str(source)}:
            return FUNCTIONS[source]
    raise AssertionError(f"no function takes {event}")


def test_each_event_is_shown_with_its_function() -> None:
    events = {path.stem: json.loads(path.read_text()) for path in (PROJECT / "events").glob("*.json")}

    assert {name: taken_by(event) for name, event in events.items()} == INVOKED
