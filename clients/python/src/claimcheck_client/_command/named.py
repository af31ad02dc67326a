"""The commands that schedules and flows have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import typer

from claimcheck_client import Claimcheck
from claimcheck_client._command.options import JsonOption, Name
from claimcheck_client._command.output import show, show_json


@dataclass(frozen=True)
class Kind:
    """Schedules or flows: `of` returns the part of a client that has them."""

    of: Callable[[Claimcheck], Any]
    show_table: Callable[[list[Any]], None]

    def show(self, found: Any, json: bool) -> None:
        if json:
            show_json(found)
        else:
            self.show_table(found if isinstance(found, list) else [found])

    def add_commands(self, app: typer.Typer, helps: Mapping[str, str]) -> None:
        """Add commands. Besides `list` and `delete`, each is a method that only takes a name."""
        special: dict[str, Callable[..., None]] = {"list": self._list, "delete": self._delete}
        for name, help in helps.items():
            app.command(name, help=help)(special.get(name) or self._command(name))

    def _list(self, context: typer.Context, json: JsonOption = False) -> None:
        with context.obj.connect() as client:
            self.show(list(self.of(client).list()), json)

    def _delete(self, context: typer.Context, name: Name, json: JsonOption = False) -> None:
        with context.obj.connect() as client:
            self.of(client).get(name)  # a wrong name is an error
            self.of(client).delete(name)
        show({"name": name, "deleted": True}, json, f"{name} is deleted.")

    def _command(self, method: str) -> Callable[..., None]:
        def command(context: typer.Context, name: Name, json: JsonOption = False) -> None:
            with context.obj.connect() as client:
                self.show(getattr(self.of(client), method)(name), json)

        return command
