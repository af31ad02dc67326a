"""A path that two dialects share: one operation, which answers as the one or as the other."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.openapi.reference import Schema


def both(one: Schema, other: Schema, responses: Mapping[str, Schema]) -> Schema:
    """An operation of what both say. The first gives it its name.

    Raises: ValueError for two that take a body or different parameters: a caller could not know which.
    """
    if "requestBody" in one or "requestBody" in other:
        raise ValueError(f"two dialects take a body: {one['operationId']} and {other['operationId']}")
    return one | {
        "tags": one["tags"] + other["tags"],
        "description": f"{one['description']}\n\n{other['description']}",
        "security": one["security"] + [each for each in other["security"] if each not in one["security"]],
        "responses": either(one["responses"], other["responses"], responses),
    }


def either(
    one: Mapping[str, Schema], other: Mapping[str, Schema], responses: Mapping[str, Schema]
) -> dict[str, Schema]:
    """The answers of both, by status."""
    return {
        status: either_of([_resolved(said[status], responses) for said in (one, other) if status in said])
        for status in sorted(one.keys() | other.keys())
    }


def _resolved(response: Schema, responses: Mapping[str, Schema]) -> Schema:
    return responses[response["$ref"].rsplit("/", 1)[1]] if "$ref" in response else response


def either_of(answers: list[Schema]) -> Schema:
    """An answer that is one of these."""
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
    """Each line once: the points of lists, or paragraphs."""
    lines = dict.fromkeys(line for answer in answers for line in answer["description"].splitlines() if line)
    return ("\n" if all(line.startswith("- ") for line in lines) else "\n\n").join(lines)


def _weaker(said: list[Schema], all_answers: int) -> Schema:
    """A header is always there only if it is in each answer."""
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
    """The name, or the first of `name_2`, `name_3` and so on that is not taken."""
    numbered = (f"{name}_{number}" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)
