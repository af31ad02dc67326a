"""A function in a process of its own, as Lambda runs it: imported once, then one event at a time.

This file is run, never imported: `python runtime.py <answers>` reads events from its standard input,
a line each, and writes an answer a line to the file descriptor given. What the function prints goes
where it goes on Lambda: to standard output and standard error.
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
