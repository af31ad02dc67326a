"""A stand-in for a language model: an OpenAI-compatible server that understands nothing.

It fills the JSON Schema of a request with sentences, paths and refs from the request, always in the same
way, and says so. This tests the way to a model and back, not how well a model writes.

usage: python -m local.standins.model PORT
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.server import Handler, Server

LABEL = "Extracted by a stand-in, not written by a model: "

SHOWN = 3  # items in a list, unless the schema says otherwise

SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
DATA = re.compile(r"<data>(.*)</data>", re.DOTALL)

# The sentences that belong in a list of this name.
MATCHING = {
    "next_steps": re.compile(r"\b(need|must|should|next|todo|fix|first)", re.IGNORECASE),
    "recommendations": re.compile(r"\b(need|must|should|next|todo|fix|better)", re.IGNORECASE),
    "risks": re.compile(r"\b(risk|fail|lose|lost|drop|break|broken|slow|block|may|might)", re.IGNORECASE),
}
# Other names under which a piece of data can have a field.
SAME = {"source": ("ref",), "sources": ("ref",), "why": ("why", "summary")}
NOT_PROSE = {"ref", "path", "role", "author", "by", "at"}

# With this `focus` it answers wrongly, always or until it is asked to correct the answer.
IN_PROSE = "stand-in: answer in prose"
STUMBLE = "stand-in: stumble once"


@dataclass(frozen=True)
class Piece:
    """A part of the data, such as a message, with its fields and sentences."""

    kind: str
    fields: Mapping[str, Any]
    sentences: tuple[str, ...]

    def own(self, name: str) -> str | None:
        found = (self.fields.get(each) for each in (*SAME.get(name, ()), name))
        return next((value for value in found if isinstance(value, str)), None)

    def narrowed(self, pattern: re.Pattern[str]) -> "Piece":
        """Return the sentences that match, and the fields that say where they are from."""
        kept = {name: value for name, value in self.fields.items() if name in NOT_PROSE}
        return Piece(self.kind, kept, tuple(filter(pattern.search, self.sentences)))


def texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for name, each in value.items() if name not in NOT_PROSE for text in texts(each))
        case list():
            yield from (text for each in value for text in texts(each))


def piece(kind: str, value: Any) -> Piece:
    found = (part.strip() for text in texts(value) for part in SENTENCE.findall(text))
    return Piece(kind, value if isinstance(value, dict) else {}, tuple(filter(None, found)))


def pieces_of(data: Any) -> list[Piece]:
    """Return the items of the data's lists, or the whole data if it has no lists."""
    lists = data.items() if isinstance(data, dict) else ()
    items = [piece(kind, each) for kind, value in lists if isinstance(value, list) for each in value]
    return items or [piece("", data)]


class Filler:
    def __init__(self, schema: Mapping[str, Any], data: Any) -> None:
        self.schema = schema
        self.pieces = pieces_of(data)
        heading = piece("", data)
        self.whole = Piece("", heading.fields, tuple(each for part in self.pieces for each in part.sentences))
        self.title = heading.own("project") or heading.own("title") or "Untitled"

    def fill(self) -> Any:
        return self.value(self.schema, "", self.whole)

    def value(self, schema: Mapping[str, Any], name: str, source: Piece) -> Any:
        schema = self.resolved(schema)
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else schema["enum"][0]
        options = schema.get("anyOf") or schema.get("oneOf")
        if options:
            return self.option(options, name, source)
        match schema.get("type", "object"):
            case "object":
                parts = schema.get("properties", {}).items()
                return {part: self.value(each, part, source) for part, each in parts}
            case "array":
                return self.items(schema, name, source)
            case "string":
                return fitted(self.text(name, source), schema)
            case "integer" | "number":
                at_least = max(1, schema.get("minimum", 1))
                return min(at_least, schema.get("maximum", at_least))
            case "boolean":
                return False
        return None

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self.schema["$defs"][schema["$ref"].rpartition("/")[2]]
        return schema

    def option(self, options: list[Mapping[str, Any]], name: str, source: Piece) -> Any:
        """Choose null if it is allowed and the data has no such field."""
        if {"type": "null"} in options and source.own(name) is None:
            return None
        return self.value(next(each for each in options if each != {"type": "null"}), name, source)

    def items(self, schema: Mapping[str, Any], name: str, source: Piece) -> list[Any]:
        sources = [source] if source.own(name) else self.sources(name)
        highest = min(schema.get("maxItems", SHOWN), SHOWN)
        chosen = sources[: max(highest, schema.get("minItems", 0))]
        chosen += [source] * (schema.get("minItems", 0) - len(chosen))
        return [self.value(schema["items"], name, each) for each in chosen]

    def sources(self, name: str) -> list[Piece]:
        if name in MATCHING:
            narrowed = (each.narrowed(MATCHING[name]) for each in self.pieces)
            return [each for each in narrowed if each.sentences]
        if name in ("files", "decisions", "open_questions", "messages"):
            return [each for each in self.pieces if each.kind == name]
        return self.pieces

    def text(self, name: str, source: Piece) -> str:
        own = source.own(name)
        if own is not None and source is not self.whole:
            return own
        if name == "title":
            return f"{self.title} (from a stand-in)"
        if source is not self.whole:
            return next(iter(source.sentences), self.title)
        if "summary" in name:
            return LABEL + (" ".join(source.sentences[:SHOWN]) or self.title)
        return " ".join(source.sentences[-SHOWN:]) or self.title


def fitted(text: str, schema: Mapping[str, Any]) -> str:
    padded = text.ljust(schema.get("minLength", 0), ".")
    highest = schema.get("maxLength", len(padded))
    return padded if len(padded) <= highest else (padded[:highest][:-1] + "\u2026")[:highest]


def first_object(text: str) -> Any:
    for found in re.finditer(r"\{", text):
        try:
            return json.JSONDecoder().raw_decode(text, found.start())[0]
        except ValueError:
            continue
    return None


def schema_of(request: Mapping[str, Any]) -> Any:
    asked = (request.get("response_format") or {}).get("json_schema", {}).get("schema")
    said = [first_object(each["content"]) for each in request["messages"] if each["role"] == "system"]
    return asked or next((found for found in reversed(said) if found), None)


def answer(request: Mapping[str, Any]) -> str:
    asked = [each["content"] for each in request["messages"] if each["role"] == "user"]
    enclosed = DATA.search(asked[0])
    data = first_object(enclosed[1] if enclosed else asked[0]) or asked[0]
    focus = data.get("focus") if isinstance(data, dict) else None
    schema = schema_of(request)
    if schema is None or focus == IN_PROSE or (focus == STUMBLE and len(asked) == 1):
        return f"{LABEL}{asked[0][:200]}"
    return json.dumps(Filler(schema, data).fill(), ensure_ascii=False)


def completion(request: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAI API Reference, "The chat completion object"; four characters count as a token."""
    content = answer(request)
    read = sum(len(each["content"]) for each in request["messages"]) // 4
    written = len(content) // 4
    return {
        "id": "chatcmpl-stand-in",
        "object": "chat.completion",
        "created": 0,
        "model": "stand-in",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written},
    }


class Exchange(Handler):
    server_version = "claimcheck-stand-in"
    sys_version = ""

    def do_GET(self) -> None:  # noqa: N802
        self.answer(200, {"model": "stand-in", "note": "This is not a language model."})

    def do_POST(self) -> None:  # noqa: N802
        body = self.read_body()
        if body is None:
            message = f"Content-Length must be a number up to {self.largest_body}."
            return self.answer(400, {"error": {"message": message}})
        if self.path != "/v1/chat/completions":
            return self.answer(404, {"error": {"message": "This stand-in has only /v1/chat/completions."}})
        try:
            return self.answer(200, completion(json.loads(body)))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            return self.answer(400, {"error": {"message": f"This cannot be answered: {error!r}"}})

    def answer(self, status: int, document: Any) -> None:
        self.send(status, "application/json", json.dumps(document).encode())


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Exchange).serve_forever()
