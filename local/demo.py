"""The main use, shown: real jobs go from 202 to their results over HTTP.

Every step checks what it shows, so that the demo fails when something is not as it says. The chapters
are those of the apps that are here.
"""

from local import stack
from local.chapters import Demo, find_tellers
from local.conversation import Unexpected


def main() -> int:
    print("Bringing up the whole deployment on this machine:")
    with stack.running() as deployed:
        print("\nHere it is:", deployed.api_url)
        try:
            tell(deployed)
        except Unexpected as surprise:
            print(f"\nNot as it should be: {surprise}.")
            return 1
    print("\nAll of it was as it should be, and nothing is left running.")
    return 0


def tell(deployed: stack.Stack) -> None:
    tellers = find_tellers()
    if not tellers:
        print("\nNo app here has a demo.py: there is nothing to show but that the deployment answers.")
    demo = Demo(deployed)
    for each in tellers:
        each.tell(demo)
