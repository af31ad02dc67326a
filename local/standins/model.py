"""Stand in for a language model: an OpenAI-compatible server that understands nothing.

It fills the JSON Schema of a request with sentences, paths and refs taken from that request, the
same ones each time, and says that this is what it did. So the way to a model and back can be tried
where there is none; of how well a model writes it shows nothing.

usage: python -m local.standins.model PORT
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LABEL = "Extracted by a stand-in, not written by a model: "

LARGEST = 16_000_000
"""Bytes of a body: far above what a job's input can make of one."""

SHOWN = 3
"""Items in a list, where the schema leaves that open."""

SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
DATA = re.compile(r"<data>(.*)</data>", re.DOTALL)

MATCHING = {
    "next_steps": re.compile(r"\b(need|must|should|next|todo|fix|first)", re.IGNORECASE),
    "recommendations": re.compile(r"\b(need|must|should|next|todo|fix|better)", re.IGNORECASE),
    "risks": re.compile(r"\b(risk|fail|lose|lost|drop|break|broken|slow|block|may|might)", re.IGNORECASE),
}
"""What a sentence has that belongs into a list of this name."""

SAME = {"source": ("ref",), "sources": ("ref",), "why": ("why", "summary")}
"""Where a field's value stands in a piece of data, if not under its own name."""

NOT_PROSE = {"ref", "path", "role", "author", "by", "at"}

IN_PROSE = "stand-in: answer in prose"
STUMBLE = "stand-in: stumble once"
"""A `focus` that makes it answer wrongly, always or until it is asked to mend that: for trying failures."""


@dataclass(frozen=True)
class Piece:
    """A part of the data, such as a message: what it is one of, its fields and its sentences."""

    kind: str
    fields: Mapping[str, Any]
    sentences: tuple[str, ...]

    def own(self, name: str) -> str | None:
        found = (self.fields.get(each) for each in (*SAME.get(name, ()), name))
        return next((value for value in found if isinstance(value, str)), None)

    def narrowed(self, pattern: re.Pattern[str]) -> "Piece":
        return Piece(self.kind, {}, tuple(filter(pattern.search, self.sentences))).citing(self)

    def citing(self, other: "Piece") -> "Piece":
        kept = {name: value for name, value in other.fields.items() if name in NOT_PROSE}
        return Piece(self.kind, kept, self.sentences)


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
    """The items of the data's lists; or, where it has none, the whole of it."""
    lists = data.items() if isinstance(data, dict) else ()
    items = [piece(kind, each) for kind, value in lists if isinstance(value, list) for each in value]
    return items or [piece("", data)]


class Filler:
    """Fills schemas with one document's words."""

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
        """Null where that is possible and the data has no field for it."""
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
        """The pieces that a list of this name is about."""
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
    """Within the bounds of a string's length."""
    padded = text.ljust(schema.get("minLength", 0), ".")
    highest = schema.get("maxLength", len(padded))
    return padded if len(padded) <= highest else (padded[:highest][:-1] + "\u2026")[:highest]


def first_object(text: str) -> Any:
    """The first JSON object in a text, or None."""
    for found in re.finditer(r"\{", text):
        try:
            return json.JSONDecoder().raw_decode(text, found.start())[0]
        except ValueError:
            continue
    return None


def schema_of(request: Mapping[str, Any]) -> Any:
    """As OpenAI's `response_format` has it, or as a system message says it."""
    asked = (request.get("response_format") or {}).get("json_schema", {}).get("schema")
    said = [first_object(each["content"]) for each in request["messages"] if each["role"] == "system"]
    return asked or next((found for found in reversed(said) if found), None)


def answer(request: Mapping[str, Any]) -> str:
    """What a model would answer, from a request for a chat completion."""
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


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "claimcheck-stand-in"
    sys_version = ""

    def do_GET(self) -> None:
        self.answer(200, {"model": "stand-in", "note": "This is no language model."})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            return self.answer(400, {"error": {"message": f"Content-Length is a number up to {LARGEST}."}})
        body = self.rfile.read(int(length))
        if self.path != "/v1/chat/completions":
            return self.answer(404, {"error": {"message": "There is /v1/chat/completions."}})
        try:
            return self.answer(200, completion(json.loads(body)))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            return self.answer(400, {"error": {"message": f"This cannot be answered: {error!r}"}})

    def answer(self, status: int, document: Any) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: requests hold people's documents."""


class Server(ThreadingHTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Exchange).serve_forever()
