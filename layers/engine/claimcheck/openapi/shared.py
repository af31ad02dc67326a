"""Operations at a path that dialects share."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from claimcheck.openapi.reference import Schema


def both(one: Schema, other: Schema, responses: Mapping[str, Schema]) -> Schema:
    """Merge two operations. The first gives the name.

    Raises: ValueError if one takes a body: callers could not know which.
    """
    if "requestBody" in one or "requestBody" in other:
        raise ValueError(
            f"operations at one path must take no body: {one['operationId']}, {other['operationId']}"
        )
    return one | {
        "tags": one["tags"] + other["tags"],
        "description": f"{one['description']}\n\n{other['description']}",
        "security": one["security"] + [each for each in other["security"] if each not in one["security"]],
        "responses": either(one["responses"], other["responses"], responses),
    }


def either(
    one: Mapping[str, Schema], other: Mapping[str, Schema], responses: Mapping[str, Schema]
) -> dict[str, Schema]:
    return {
        status: either_of([_resolved(said[status], responses) for said in (one, other) if status in said])
        for status in sorted(one.keys() | other.keys())
    }


def _resolved(response: Schema, responses: Mapping[str, Schema]) -> Schema:
    return responses[response["$ref"].rsplit("/", 1)[1]] if "$ref" in response else response


def either_of(answers: list[Schema]) -> Schema:
    headers = [answer.get("headers", {}) for answer in answers]
    return {
        "description": _description(answers),
        "headers": {
            name: _weaker([each[name] for each in headers if name in each], len(answers))
            for name in dict.fromkeys(name for each in headers for name in each)
        },
        "content": _contents([answer.get("content", {}) for answer in answers]),
    }


def _description(answers: list[Schema]) -> str:
    """Join list items or paragraphs, each once."""
    lines = dict.fromkeys(line for answer in answers for line in answer["description"].splitlines() if line)
    return ("\n" if all(line.startswith("- ") for line in lines) else "\n\n").join(lines)


def _weaker(said: list[Schema], all_answers: int) -> Schema:
    """Require a header only if every response requires it."""
    always = len(said) == all_answers and all(each["required"] for each in said)
    return said[0] | {"required": always}


def _contents(contents: list[Schema]) -> Schema:
    merged: dict[str, Any] = {}
    for content in contents:
        for media_type, media in content.items():
            merged.setdefault(media_type, []).append(media)
    return {media_type: _any_of(found) for media_type, found in merged.items()}


def _any_of(media: list[Schema]) -> Schema:
    if all(each == media[0] for each in media):
        return media[0]
    members: list[Schema] = []
    examples: dict[str, Any] = {}
    for each in media:
        schema = each["schema"]
        members += [one for one in schema.get("anyOf", [schema]) if one not in members]
        for name, example in each.get("examples", {}).items():
            if example not in examples.values():
                examples[_free(name, examples)] = example
    return {"schema": {"anyOf": members}, "examples": examples}


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """Return the name, or the first free one of `name_2`, `name_3` and so on."""
    numbered = (f"{name}_{number}" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)
