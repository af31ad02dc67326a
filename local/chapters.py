"""The demo's chapters. An app brings its own in `apps/<name>/demo.py`: a number `ORDER`, and `tell(demo)`."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from local.conversation import Conversation
from local.keys import administer, create_key
from local.stack import PROJECT, Stack


class Demo:
    """What an app's `tell` is given: the deployment, and the count of chapters."""

    def __init__(self, deployed: Stack) -> None:
        self.api_url = deployed.api_url
        self._deployed = deployed
        self._chapters = 0

    def chapter(self, title: str) -> None:
        self._chapters += 1
        heading = f"{self._chapters}. {title}"
        print(f"\n{heading}\n{'-' * len(heading)}")

    def conversation(self, org: str, **options: object) -> Conversation:
        """With a new key of this org; a keyword is an option of `make key`, such as `dialect="canonical"`."""
        key = create_key(self._deployed, org, **options)
        return Conversation(self.api_url, Authorization=f"Bearer {key}", x_api_key=key)

    def add_credits(self, org: str, amount: int) -> None:
        administer(self._deployed, "credits", org=org, add=amount)


class Teller(NamedTuple):
    order: int
    app: str
    tell: Callable[[Demo], None]


def find_tellers(project: Path = PROJECT) -> list[Teller]:
    """Those of the apps that bring one, in the order that they ask for."""
    found = []
    for path in project.glob("apps/*/demo.py"):
        app = path.parent.name
        module = importlib.import_module(f"apps.{app}.demo")
        found.append(Teller(module.ORDER, app, module.tell))
    return sorted(found)
