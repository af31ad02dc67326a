"""Forms made from the JSON schema of a job type's input: one field for each property."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.api import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.api import Description


LONG = 200  # characters: longer texts get a field of several lines


@dataclass(frozen=True)
class Field:
    """`kind` is `text`, `long`, `number`, `choice` or `json`. `value` is as it is in the form."""

    name: str
    kind: str
    required: bool
    about: str
    value: str
    choices: tuple[str, ...] = ()
    wrong: str = ""


def fields_of(
    schema: dict[str, Any], description: Description, values: Mapping[str, str], wrong: Mapping[str, str]
) -> list[Field]:
    """Return the form of an input. `wrong` has messages by JSON pointer, those of nested values included."""
    found = []
    for name, given in schema.get("properties", {}).items():
        shape = description.resolved(given)
        messages = [text for at, text in wrong.items() if f"{at}/".startswith(f"/input/{_escaped(name)}/")]
        choices = tuple(str(each) for each in shape.get("enum", ()))
        if shape.get("type") == "boolean":
            choices = ("true", "false")
        about = str(given.get("description") or shape.get("description", ""))
        required = name in schema.get("required", ())
        kind = "choice" if choices else _kind(shape)
        found.append(Field(name, kind, required, about, values.get(name, ""), choices, "; ".join(messages)))
    return found


def _kind(shape: Mapping[str, Any]) -> str:
    if shape.get("type") == "string":
        return "long" if shape.get("maxLength", 0) > LONG and shape.get("format") != "uri" else "text"
    return "number" if shape.get("type") in ("integer", "number") else "json"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def shown(given: Mapping[str, Any], schema: dict[str, Any], description: Description) -> dict[str, str]:
    """Return an input as the values of its form."""
    return {
        name: value
        if _is_text(name, schema, description)
        else json.dumps(value, ensure_ascii=False, indent=1)
        for name, value in given.items()
    }


def _is_text(name: str, schema: dict[str, Any], description: Description) -> bool:
    return description.resolved(schema["properties"][name]).get("type") == "string"


def input_of(typed: Mapping[str, str], schema: dict[str, Any], description: Description) -> dict[str, Any]:
    """Return the input that was typed in; empty fields are left out unless they are required texts.

    Raises: Refused if a field is not valid JSON.
    """
    found: dict[str, Any] = {}
    for name in schema.get("properties", {}):
        text, is_text = typed.get(name, ""), _is_text(name, schema, description)
        if text == "" and not (is_text and name in schema.get("required", ())):
            continue
        try:
            # Browsers send the lines of a text with CR LF.
            found[name] = text.replace("\r\n", "\n") if is_text else json.loads(text)
        except ValueError:
            wrong = {f"/input/{_escaped(name)}": "must be valid JSON"}
            raise Refused(422, "invalid_fields", "A field cannot be read. Change it.", wrong) from None
    return found
