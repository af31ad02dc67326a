"""The demo's chapters. An app has its own in `apps/<name>/demo.py`: a number `ORDER`, and `run(demo)`."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from local import PROJECT
from local.conversation import Conversation
from local.keys import administer, create_key
from local.stack import Stack


class Demo:
    def __init__(self, deployed: Stack) -> None:
        self.api_url = deployed.api_url
        self._deployed = deployed
        self._chapters = 0

    def chapter(self, title: str) -> None:
        self._chapters += 1
        heading = f"{self._chapters}. {title}"
        print(f"\n{heading}\n{'-' * len(heading)}")

    def conversation(self, org: str, **options: object) -> Conversation:
        """Return a conversation with a new key. `options` are those of `make key`, in lowercase."""
        key = create_key(self._deployed, org, **options)
        return Conversation(self.api_url, Authorization=f"Bearer {key}", x_api_key=key)

    def add_credits(self, org: str, amount: int) -> None:
        administer(self._deployed, "credits", org=org, add=amount)


class Chapter(NamedTuple):
    order: int
    app: str
    run: Callable[[Demo], None]


def find_chapters(project: Path = PROJECT) -> list[Chapter]:
    found = []
    for path in project.glob("apps/*/demo.py"):
        app = path.parent.name
        module = importlib.import_module(f"apps.{app}.demo")
        found.append(Chapter(module.ORDER, app, module.run))
    return sorted(found)
