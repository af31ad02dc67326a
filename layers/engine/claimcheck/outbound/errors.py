"""The errors of requests without an answer. An answer of any status is no error.

`code` is stable. Messages are for the author of the request. They quote no header values, and only the host
of a URL.
"""


class OutboundError(Exception):
    """The request got no answer."""

    code = "outbound_error"
    # True if a retry can help.
    transient = False

    def __init_subclass__(cls, code: str | None = None, *, transient: bool | None = None) -> None:
        cls.code = code or cls.code
        cls.transient = cls.transient if transient is None else transient

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)

    @property
    def message(self) -> str:
        return str(self)


class RequestRefused(OutboundError):
    """The request was not sent.

    Its code is one of `malformed_url`, `forbidden_scheme`, `credentials_in_url`, `forbidden_address`,
    `malformed_method`, `malformed_header`, `forbidden_header`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Unreachable(OutboundError, transient=True):
    """The server could not be reached.

    Its code is one of `name_not_resolved`, `connection_failed`, `tls_failed`, `connection_lost`. In
    the last case the server may have acted on the request.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class TimedOut(OutboundError, code="timed_out", transient=True):
    """The answer was not complete in time. The server may have acted on the request."""


class AnswerTooLarge(OutboundError, code="answer_too_large"):
    """The answer is larger than the limit."""


class AnswerBroken(OutboundError, code="answer_broken", transient=True):
    """The answer is not valid HTTP, or ended too early."""
