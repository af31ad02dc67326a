"""usage: python -m local dev | up | down | logs [TEXT] | job TYPE INPUT | demo | environ | transcript

dev         run the local stack here: deploy each saved file, and print the functions' logs
up          start the local stack in the background, or give it the newest code
down        stop it, and keep its data
logs        print the functions' logs, oldest first; with TEXT, such as a job's id, only lines with it
job         run the handler of a job type in this terminal. INPUT is JSON, or @ and the path of a JSON file
demo        run the demo on a stack of its own
environ     print the variables that lead an AWS SDK to the local stack
transcript  write the demo's output to docs/demo.md
"""

import inspect
import os
import signal
import sys
from collections.abc import Callable

from local import demo, job, transcript, working_copy
from local import dev as dev_loop
from local.logs import Tail
from local.progress import StepFailed
from local.stack import Stack


def dev() -> None:
    try:
        dev_loop.follow(announce)
        print("The stack was stopped elsewhere.")
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print()
        down()


def up() -> None:
    announce(working_copy.up())


def announce(running: Stack) -> None:
    print(f"\nThe API      {running.api_url}")
    if "console" in running.ports:  # not yet on a stack that older code has started
        print(f"The console  http://127.0.0.1:{running.ports['console']}/console")
    print(f"The AWS API  {running.aws_endpoint_url} (with the variables of `python -m local environ`)")
    print(f"Details      {working_copy.CURRENT}")
    print(f"\nexport URL={running.api_url} KEY={working_copy.key(running)}")


def down() -> None:
    if working_copy.down():
        print("The stack is stopped. Its data stay in .local: make reset deletes them.")
    else:
        print("The local stack is not running.")


def environ() -> None:
    """Print the variables that lead an AWS SDK and the admin command to the local stack, if it runs."""
    running = working_copy.current()
    if running is not None:
        print(*(f"{name}={value}" for name, value in running.environ.items()))


def print_logs(text: str = "") -> None:
    running = working_copy.current()
    if running is None:
        raise StepFailed("The local stack is not running: start it with `make up`.")
    try:
        for line in Tail(running).read(text):
            print(line)
    except BrokenPipeError:
        # The reader has what it wants, as in `make logs | head`. Python would write to it again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# Each returns its exit code, or None for 0.
COMMANDS: dict[str, Callable[..., int | None]] = {
    "dev": dev,
    "up": up,
    "down": down,
    "logs": print_logs,
    "job": job.run,
    "demo": demo.main,
    "environ": environ,
    "transcript": transcript.write,
}


def main(arguments: list[str]) -> int:
    command, *texts = arguments or [""]
    try:
        inspect.signature(COMMANDS[command]).bind(*texts)
    except (KeyError, TypeError):
        print(__doc__, file=sys.stderr)
        return 2
    # Clean up after SIGTERM, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # in step with progress on stderr
    try:
        return COMMANDS[command](*texts) or 0
    except StepFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
