"""What a handler can say instead of returning its result. Raise one from any depth, or return it.

raise Fail("unsupported_language", "Only English texts can be read aloud.")
raise Retry(after=30, message="The renderer is busy.")
return Again(after=5)
"""

from __future__ import annotations


class Outcome(Exception):
    """An outcome that is no result. It travels as an exception, but is not an error."""


class Fail(Outcome):
    """The job has failed and trying again would not help: `code` is for programs, `message` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Retry(Outcome):
    """This attempt has failed; try again after so many seconds, or after the policy's backoff if None."""

    def __init__(self, after: float | None = None, message: str = "") -> None:
        super().__init__(message)
        self.after = after
        self.message = message


class Again(Outcome):
    """Not done yet and nothing is wrong: look again after so many seconds. This is no attempt."""

    def __init__(self, after: float) -> None:
        super().__init__()
        self.after = after
