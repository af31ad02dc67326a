"""What a handler can say instead of returning its result. Raise one from any depth, or return it.

`raise Fail("unsupported_language", "Only English texts can be read aloud.")`,
`raise Retry(after=30, message="The renderer is busy.")`, `return Again(after=5)`.
"""

from __future__ import annotations

from math import inf
from typing import Any

from claimcheck.domain.json_text import STATE_LIMIT, bounded


class Outcome(Exception):
    """An outcome that is no result. It travels as an exception, but is not an error."""


class Fail(Outcome):
    """The job has failed and trying again would not help: `code` is for programs, `message` for people.

    Raises: ValueError unless both are strings, and the code is not empty.
    """

    def __init__(self, code: str, message: str) -> None:
        if not (isinstance(code, str) and code and isinstance(message, str)):
            raise ValueError("a failure has a code, which is not empty, and a message")
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Retry(Outcome):
    """This attempt has failed; try again after so many seconds, or after the policy's backoff if None.

    `code` is what the job fails with if this was its last attempt; without one that is
    `attempts_exhausted`. Raises: ValueError when the wait is negative or has no end; so does Again.
    """

    def __init__(self, after: float | None = None, message: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.after = None if after is None else _wait(after)
        self.message = message
        self.code = code


class Again(Outcome):
    """Not done yet and nothing is wrong: look again after so many seconds. This is no attempt.

    `state`, at most 16 KiB as JSON, is what the next calls find in `job.state`; without it they find what
    was there. Raises: ValueError also for a state that is larger, or no JSON.
    """

    def __init__(self, after: float, state: Any = None) -> None:
        super().__init__()
        self.after = _wait(after)
        self.state = None if state is None else bounded(state, STATE_LIMIT, "state")


def _wait(seconds: float) -> float:
    if not 0 <= seconds < inf:
        raise ValueError(f"a wait of {seconds} seconds: it is 0 or more, and ends")
    return seconds
