"""A path that two dialects share: one operation, which answers as the one or as the other."""

from __future__ import annotations

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
    statuses = sorted(one["responses"].keys() | other["responses"].keys())
    return one | {
        "tags": one["tags"] + other["tags"],
        "description": f"{one['description']}\n\n{other['description']}",
        "security": one["security"] + [each for each in other["security"] if each not in one["security"]],
        "responses": {
            status: _either(
                [
                    _resolved(said["responses"][status], responses)
                    for said in (one, other)
                    if status in said["responses"]
                ]
            )
            for status in statuses
        },
    }


def _resolved(response: Schema, responses: Mapping[str, Schema]) -> Schema:
    return responses[response["$ref"].rsplit("/", 1)[1]] if "$ref" in response else response


def _either(answers: list[Schema]) -> Schema:
    headers = [answer.get("headers", {}) for answer in answers]
    return {
        "description": "\n\n".join(dict.fromkeys(answer["description"] for answer in answers)),
        "headers": {
            name: _weaker([each[name] for each in headers if name in each], len(answers))
            for name in dict.fromkeys(name for each in headers for name in each)
        },
        "content": _contents([answer.get("content", {}) for answer in answers]),
    }


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
    if len(media) == 1:
        return media[0]
    examples = {
        f"{name}_{number}" if number else name: example
        for number, each in enumerate(media)
        for name, example in each.get("examples", {}).items()
    }
    return {"schema": {"anyOf": [each["schema"] for each in media]}, "examples": examples}
