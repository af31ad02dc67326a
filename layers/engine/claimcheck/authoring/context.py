"""The context of a handler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from claimcheck.authoring.files import File, FileRef
    from claimcheck.domain.observability import JobLog
    from claimcheck.domain.ports import Clock, LanguageModel, Translator
    from claimcheck.outbound import Outbound


class Tools(Protocol):
    """The tools of a handler. Each is built on first use."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables that the app declares in its `app.toml`."""

    @property
    def clock(self) -> Clock: ...

    @property
    def outbound(self) -> Outbound:
        """The client for requests to the internet. It refuses private addresses."""

    @property
    def model(self) -> LanguageModel: ...

    @property
    def translator(self) -> Translator: ...


class JobContext(Protocol):
    @property
    def job_id(self) -> str: ...

    @property
    def log(self) -> JobLog: ...

    @property
    def tools(self) -> Tools: ...

    @property
    def trace(self) -> Mapping[str, str]:
        """Headers for a request that belongs to the trace of the submission: none, if it had none."""

    @property
    def attempt(self) -> int:
        """The number of this attempt, from 1."""

    @property
    def state(self) -> Any:
        """The state of the last `Again`, or None."""

    def secret(self, name: str) -> str:
        """Return a secret that the job type's app declares in `app.toml`. It can be five minutes old.

        Never put the value into a log line, a note, a result or an error.
        Raises: Retry with the code `secret_unavailable`.
        """

    def open(self, file: File) -> BinaryIO:
        """Return the content of a file of the input, from its start. It is streamed, and one can seek in it.

        Reading may raise `Unavailable`, after which the job is retried.
        Raises: Fail with the code `upload_gone` if the file was deleted; Unavailable.
        """

    def save(self, name: str, content: bytes | BinaryIO, content_type: str) -> FileRef:
        """Store a file, and return what a result says of it.

        `content` is streamed if it is an open file in which one can seek. It can be downloaded once this
        attempt has completed the job with the file in its result. At most 1,000 files, each of at most
        1 GiB. A name has 1 to 255 characters, without slashes.
        Raises: ValueError if the name, the content or the content type is wrong; Unavailable.
        """

    def remaining(self) -> float:
        """Return the seconds until this attempt is stopped, by its timeout or the job's deadline."""

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Show progress to pollers. It is cheap to call often: at most one write a second."""

    def note(self, **details: Any) -> None:
        """Add details to the record of this execution. They are written when it ends.

        Raises: ValueError if all details are more than 4 KiB as JSON, or not JSON.
        """

    def cancelled(self) -> bool:
        """Return whether to stop early: a cancel was requested, or the lease was lost.

        It is cheap to call often: at most one read a second.
        """
