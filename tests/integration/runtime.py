"""A function in a process of its own, as Lambda runs it: imported once, then one event at a time.

This file is run, never imported: `python runtime.py <answers>` reads events from its standard input,
a line each, and writes an answer a line to the file descriptor given. What the function prints goes
where it goes on Lambda: to standard output and standard error.
"""

import json
import os
import sys


class LambdaContext:
    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 120_000


def serve(answers: int) -> None:
    from app import handler

    with os.fdopen(answers, "w", buffering=1) as out:
        for line in sys.stdin:
            answer = handler(json.loads(line), LambdaContext())
            out.write(json.dumps({"answer": answer, "modules": sorted(sys.modules)}) + "\n")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
