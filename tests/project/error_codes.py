"""The codes that a job can fail with, read from the source.

A code is the argument of `Fail`, `Retry` or `JobError`: a literal, or a name that leads to one within the
module (a constant, a table, a variable, or a parameter with all its calls).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The position of each one's code.
PLACES = {"Fail": 0, "JobError": 0, "Retry": 2}
Function = ast.FunctionDef | None


@dataclass
class Codes:
    """`unclear` are the places whose code is not found in their module."""

    found: set[str] = field(default_factory=set)
    unclear: list[str] = field(default_factory=list)


def codes_in(paths: list[Path]) -> Codes:
    codes = Codes()
    for path in paths:
        _Module(path, codes).read()
    return codes


class _Module:
    def __init__(self, path: Path, codes: Codes) -> None:
        self._path = path
        self._codes = codes
        self._tree = ast.parse(path.read_text())
        self._calls = list(_calls(self._tree, None))
        self._seen: set[tuple[int, str]] = set()

    def read(self) -> None:
        for call, function in self._calls:
            name = _name(call.func)
            if name not in PLACES:
                continue
            code = _argument(call, PLACES[name], "code")
            if code is not None:
                self._resolve(code, function)

    def _resolve(self, code: ast.expr, function: Function) -> None:
        match code:
            case ast.Constant(value=str(value)):
                self._codes.found.add(value)
            case ast.Constant(value=None):
                pass
            case ast.Name(id=name):
                self._look_up(name, function, code)
            case ast.BoolOp(values=parts) | ast.Dict(values=parts) | ast.Call(args=[*parts]):
                self._resolve_all(parts, function)
            case ast.IfExp(body=one, orelse=other):
                self._resolve_all([one, other], function)
            case ast.Subscript(value=table):
                self._resolve(table, function)
            case _:
                self._codes.unclear.append(f"{self._path.name}:{code.lineno}")

    def _resolve_all(self, parts: list[ast.expr], function: Function) -> None:
        for part in parts:
            self._resolve(part, function)

    def _look_up(self, name: str, function: Function, at: ast.expr) -> None:
        if (id(function), name) in self._seen:
            return
        self._seen.add((id(function), name))
        origins = [*self._assigned(name, function), *self._given(name, function)]
        if not origins:
            self._codes.unclear.append(f"{self._path.name}:{at.lineno}")
        for origin, where in origins:
            self._resolve(origin, where)

    def _assigned(self, name: str, function: Function) -> Iterator[tuple[ast.expr, Function]]:
        """Return what the name is set to, in the function or in the module."""
        inside = [(each, function) for each in ast.walk(function)] if function else []
        for statement, where in [*inside, *((each, None) for each in self._tree.body)]:
            match statement:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    yield value, where
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                    yield value, where

    def _given(self, name: str, function: Function) -> Iterator[tuple[ast.expr, Function]]:
        """Return the arguments of the function's calls for this parameter."""
        names = [argument.arg for argument in function.args.args] if function else []
        if function is None or name not in names:
            return
        for call, caller in self._calls:
            given = _argument(call, names.index(name), name) if _name(call.func) == function.name else None
            if given is not None:
                yield given, caller


def _calls(node: ast.AST, function: Function) -> Iterator[tuple[ast.Call, Function]]:
    """Return every call, and the function that it is in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, function
        yield from _calls(child, child if isinstance(child, ast.FunctionDef) else function)


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else ""


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    if len(call.args) > place:
        return call.args[place]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
