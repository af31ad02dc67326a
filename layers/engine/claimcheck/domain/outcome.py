"""The outcomes that a handler can return or raise instead of a result.

`raise Fail("unsupported_language", "Only English texts can be read aloud.")`,
`raise Retry(after=30, message="The renderer is busy.")`, `return Again(after=5)`.
"""

from math import inf
from typing import Any

from claimcheck.domain.json_text import STATE_LIMIT, bounded


class Outcome(Exception):
    """An outcome without a result. It is an exception so that a handler can raise it from any depth."""


class Fail(Outcome):
    """The job has failed, and a retry would not help. `code` is for programs, `message` for people.

    Raises: ValueError unless both are strings and the code is not empty.
    """

    def __init__(self, code: str, message: str) -> None:
        if not (isinstance(code, str) and code and isinstance(message, str)):
            raise ValueError("Fail needs a code that is not empty, and a message")
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Retry(Outcome):
    """This attempt has failed. Retry after `after` seconds, or after the policy's backoff if None.

    After the last attempt the job fails with `code`, by default `attempts_exhausted`.
    Raises: ValueError if the wait is negative or infinite.
    """

    def __init__(self, after: float | None = None, message: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.after = None if after is None else _wait(after)
        self.message = message
        self.code = code


class Again(Outcome):
    """The work is not done yet: call the handler again after `after` seconds. This counts as no attempt.

    The next calls find `state` (at most 16 KiB as JSON) in `job.state`; None keeps the previous state.
    Raises: ValueError if the wait is negative or infinite, or the state too large or not JSON.
    """

    def __init__(self, after: float, state: Any = None) -> None:
        super().__init__()
        self.after = _wait(after)
        self.state = None if state is None else bounded(state, STATE_LIMIT, "state")


def _wait(seconds: float) -> float:
    if not 0 <= seconds < inf:
        raise ValueError(f"`after` must be a finite number of seconds, 0 or more, not {seconds}")
    return seconds
