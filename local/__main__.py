"""usage: python -m local up | down | demo"""

import sys

from local import demo, stack
from local.progress import StepFailed


def up() -> int:
    running = stack.up()
    print(f"\nThe API     {running.api_url}")
    print(f"The AWS API {running.aws_endpoint_url}")
    print(f"All of it   {stack.CURRENT}")
    return 0


def down() -> int:
    stack.down()
    return 0


COMMANDS = {"up": up, "down": down, "demo": demo.main}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # in step with progress on stderr
    try:
        return COMMANDS[arguments[0]]()
    except StepFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
