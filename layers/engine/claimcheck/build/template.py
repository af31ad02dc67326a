"""The apps' blocks of `template.yaml`: the content of each `app.toml`, between two comments.

# apps: environment.worker (written by `make template`)
# billing
CURRENCY: !Ref Currency
# apps: end
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from claimcheck.build.apps import App, InvalidApp, Worker
from claimcheck.build.secrets import secrets_of

BLOCK = re.compile(
    r"^(?P<indent> *)# apps: (?P<name>[a-z_.]+) \([^)\n]*\)\n(?P<body>.*?)^ *# apps: end\n",
    re.MULTILINE | re.DOTALL,
)
LINE_LENGTH = 100
# What an app needs of the worker, and the attributes of its parameter. A shorter timeout would cut attempts;
# less memory may do.
NEEDS = {"memory": ("Default",), "timeout": ("Default", "MinValue")}


class Dumper(yaml.SafeDumper):
    """A dumper that writes text starting with `!` in CloudFormation's short form: `!Ref ModelId`."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    if text.startswith("!"):
        tag, _, value = text.partition(" ")
        return dumper.represent_scalar(tag, value, style="")
    return yaml.representer.SafeRepresenter.represent_str(dumper, text)


Dumper.add_representer(str, _text)


def with_blocks(template: str, apps: Sequence[App]) -> str:
    """Return the template with updated blocks. Raises: InvalidApp."""
    _check_names(template, apps)

    def block(found: re.Match[str]) -> str:
        indent = found["indent"]
        head = f"{indent}# apps: {found['name']} (written by `make template`)\n"
        lines = (f"{indent}{line}\n" for line in _lines(found["name"], apps))
        return f"{head}{''.join(lines)}{indent}# apps: end\n"

    return BLOCK.sub(block, template)


def _lines(name: str, apps: Sequence[App]) -> Iterator[str]:
    kind, _, need = name.partition(".")
    if kind == "worker":
        most = max(getattr(each, need) for each in (Worker(), *(app.declared.worker for app in apps)))
        yield from (f"{limit}: {most}" for limit in NEEDS[need])
        return
    for app in apps:
        if content := _content(name, app):
            yield f"# {app.name}"
            yield from _dumped(content).splitlines()


def _content(name: str, app: App) -> Any:
    kind, _, function = name.partition(".")
    declared: Any = app.declared
    secrets = secrets_of(app)
    # Only handlers read secrets.
    read = secrets if function == "worker" else []
    match kind:
        case "parameters":
            return declared.parameters | {each.parameter: each.declaration for each in secrets}
        case "conditions":
            return {each.condition: each.elsewhere for each in secrets}
        case "environment":
            return declared.environment.get(function, {}) | {each.variable: each.arn for each in read}
        case _:
            statements = [*declared.permissions.get(function, []), *(each.permission for each in read)]
            return [{"Effect": "Allow", **statement} for statement in statements]


def _dumped(content: Any) -> str:
    text: str = yaml.dump(content, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=LINE_LENGTH)
    return text


def _check_names(template: str, apps: Sequence[App]) -> None:
    """Raises: InvalidApp if an app declares a name that another app or the template has."""
    own = BLOCK.sub("", template)
    declared: dict[tuple[str, str], str] = {}
    for app in apps:
        for kind, name in _names(app):
            other = declared.setdefault((kind, name), f"apps/{app.name}")
            if re.search(rf"^ *{re.escape(name)}:", own, re.MULTILINE):
                other = "template.yaml itself"
            if other != f"apps/{app.name}":
                raise InvalidApp(f"{app.file}: the {kind} {name} is also declared by {other}. Rename it.")


def _names(app: App) -> Iterator[tuple[str, str]]:
    yield from (("parameter", name) for name in app.declared.parameters)
    for function, variables in app.declared.environment.items():
        yield from ((f"variable of {function}", name) for name in variables)
    yield from (("parameter", each.parameter) for each in secrets_of(app))
