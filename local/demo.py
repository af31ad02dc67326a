"""The demo: real jobs from 202 to their results, over HTTP.

Every step checks what it prints, so the demo fails if the API does not behave as shown. An app has its own
chapters in `apps/<name>/demo.py`: a number `ORDER`, and `run(demo)`.
"""

import importlib

from local import PROJECT, stack
from local.conversation import Conversation, Unexpected
from local.keys import administer, create_key


class Demo:
    def __init__(self, deployed: stack.Stack) -> None:
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


def main() -> int:
    print("Starting the whole deployment on this machine:")
    with stack.running() as deployed:
        print("\nThe API is at", deployed.api_url)
        try:
            run(deployed)
        except Unexpected as surprise:
            print(f"\nThe demo failed: {surprise}.")
            return 1
    print("\nEvery check passed. The deployment is stopped.")
    return 0


def run(deployed: stack.Stack) -> None:
    apps = sorted(path.parent.name for path in PROJECT.glob("apps/*/demo.py"))
    if not apps:
        print("\nNo app has a demo.py, so there is nothing to show.")
    demo = Demo(deployed)
    tellers = [importlib.import_module(f"apps.{app}.demo") for app in apps]
    for each in sorted(tellers, key=lambda teller: teller.ORDER):
        each.run(demo)
