"""Run a function in its own process, as Lambda does: import it once, then handle one event at a time.

This file is run, never imported: `python runtime.py <answers>` reads one event per line from standard input,
and writes one response per line to the file descriptor `answers`. The function logs to standard output and
standard error, as on Lambda.
"""

import json
import os
import sys


class LambdaContext:
    function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    memory_limit_in_mb = 512
    invoked_function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function_name}"
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

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
