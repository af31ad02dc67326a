"""The released inputs of job types, in each app's file `schemas.json`.

Accepted jobs keep their version, so within a version each input that was ever accepted must stay valid.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from claimcheck.authoring.schemas import without
from claimcheck.build.apps import App, InvalidApp, Problems
from claimcheck.build.index import Declaration, declarations
from claimcheck.build.modules import argument

Schema = Mapping[str, Any]

FILE = "schemas.json"
AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
TEXTS = ("title", "description", "examples", "default")
SAME = ("pattern", "format", "multipleOf", "uniqueItems", "allOf", "not")


def write_schemas(apps: Sequence[App]) -> list[Path]:
    """Write the inputs of all declared versions to the apps' files, and return the files.

    Raises: InvalidApp if a released input became narrower.
    """
    problems = Problems()
    declared = declarations(apps, problems)
    for each in declared:
        with problems.collected():
            check_input(each)
    problems.report()
    files = []
    for app in apps:
        found: dict[str, dict[str, Schema]] = {}
        for each in declared:
            if each.app == app:
                found.setdefault(each.job_type.name, {})[str(each.job_type.version)] = _input(each)
        if found:
            file = app.folder / FILE
            file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
            files.append(file)
    return files


def _input(each: Declaration) -> Schema:
    """Return the schema of a version's input, with what it accepts and no texts."""
    schema: Schema = without(each.job_type.input.model_json_schema(), TEXTS)
    return schema


def check_input(each: Declaration) -> None:
    """Raises: InvalidApp if an input that the released version accepts may be invalid now."""
    name, version = each.job_type.name, each.job_type.version
    old = _released(each.app.folder / FILE).get(name, {}).get(str(version))
    if old is None:
        return
    new = _input(each)
    if found := list(Comparison(old, new).narrowed(old, new)):
        raise InvalidApp(
            f"{argument(each.file, 'input')}: version {version} of {name} was released with another input: "
            f"{'; '.join(found)}. Jobs of this version can be waiting. Undo the change, or raise the "
            f"version: declare version {version + 1} in a file beside this one."
        )


def _released(file: Path) -> dict[str, dict[str, Schema]]:
    """Raises: InvalidApp."""
    try:
        found: dict[str, dict[str, Schema]] = json.loads(file.read_text()) if file.exists() else {}
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise InvalidApp(f"{file}:{line}: this is not valid JSON: {error}. Restore it from git.") from error
    return found


class Comparison:
    """The differences between two JSON schemas as pydantic writes them, by which the new one is narrower."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old: Schema = old.get("$defs", {})
        self._new: Schema = new.get("$defs", {})

    def narrowed(
        self, old: Any, new: Any, at: str = "", within: frozenset[tuple[str, str]] = frozenset()
    ) -> Iterator[str]:
        """Yield what the new schema does not accept. `within` has the references that are being compared."""
        pair = (_reference(old), _reference(new))
        if pair in within and all(pair):
            return
        within |= {pair}
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        members, others = _members(old), _members(new)
        if len(members) == len(others) == 1:
            yield from self._single(members[0], others[0], at or "/", within)
            return
        for each in members:
            if all(any(self.narrowed(each, other, at, within)) for other in others):
                yield f"{at or '/'} no longer accepts {_named(each)}"

    def _single(self, old: Schema, new: Schema, at: str, within: frozenset[tuple[str, str]]) -> Iterator[str]:
        if "type" in new and old.get("type") not in (new["type"], *_narrower(new["type"])):
            yield f"{at} must now be of the type {new['type']}"
            return
        yield from _values(old, new, at)
        yield from (f"{at} has another {word}" for word in SAME if word in new and new[word] != old.get(word))
        yield from self._fields(old, new, at, within)
        for word in ("items", "additionalProperties", "propertyNames"):
            yield from self._each(old.get(word, True), new.get(word, True), f"{at.rstrip('/')}/*", within)
        for number, (before, after) in enumerate(
            zip(old.get("prefixItems", ()), new.get("prefixItems", ()), strict=False)
        ):
            yield from self.narrowed(before, after, f"{at.rstrip('/')}/{number}", within)

    def _fields(self, old: Schema, new: Schema, at: str, within: frozenset[tuple[str, str]]) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            place = f"{at.rstrip('/')}/{name}"
            if name in after:
                yield from self.narrowed(schema, after[name], place, within)
            else:
                yield f"{place} is gone"
        required = set(new.get("required", ())) - set(old.get("required", ()))
        yield from (f"{at.rstrip('/')}/{name} is required" for name in sorted(required))

    def _each(self, old: Any, new: Any, at: str, within: frozenset[tuple[str, str]]) -> Iterator[str]:
        """Compare the schemas of all items or of all other fields: `True` accepts all, `False` none."""
        if new is True or old is False:
            return
        if new is False:
            yield f"{at} is no longer accepted"
        else:
            yield from self.narrowed({} if old is True else old, new, at, within)


def _reference(schema: Any) -> str:
    return str(schema.get("$ref", ""))


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return schema


def _members(schema: Schema) -> Sequence[Schema]:
    members: Sequence[Schema] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return members


def _named(schema: Schema) -> str:
    return str(schema.get("type") or schema.get("$ref", "some values").rpartition("/")[2])


def _narrower(kind: str) -> tuple[str, ...]:
    return ("integer",) if kind == "number" else ()


def _values(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = _enumerated(old), _enumerated(new)
    if after is not None:
        gone = ["other values"] if before is None else [repr(each) for each in before if each not in after]
        if gone:
            yield f"{at} no longer accepts {', '.join(gone)}"
    for word in AT_LEAST:
        if word in new and new[word] > old.get(word, float("-inf")):
            yield f"{at} has the {word} {new[word]}"
    for word in AT_MOST:
        if word in new and new[word] < old.get(word, float("inf")):
            yield f"{at} has the {word} {new[word]}"


def _enumerated(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")
