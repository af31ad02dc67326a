"""The demo: real jobs from 202 to their results, over HTTP.

Every step checks what it prints, so the demo fails if the API does not behave as shown. The installed apps
have the chapters.
"""

from local import stack
from local.chapters import Demo, find_chapters
from local.conversation import Unexpected


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
    tellers = find_chapters()
    if not tellers:
        print("\nNo app has a demo.py, so there is nothing to show.")
    demo = Demo(deployed)
    for each in tellers:
        each.run(demo)
