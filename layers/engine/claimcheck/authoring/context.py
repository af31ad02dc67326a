"""What a handler is given beside its input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.domain.ports import Clock, LanguageModel, Translator
    from claimcheck.outbound import Outbound


class Tools(Protocol):
    """What reaches beyond a job: each part is made when it is first asked for."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that the app declares in its `app.toml`."""
        ...

    @property
    def clock(self) -> Clock: ...

    @property
    def outbound(self) -> Outbound:
        """The way to other people's servers: it cannot be turned inward."""
        ...

    @property
    def model(self) -> LanguageModel: ...

    @property
    def translator(self) -> Translator: ...


class JobContext(Protocol):
    @property
    def job_id(self) -> str: ...

    @property
    def tools(self) -> Tools: ...

    @property
    def attempt(self) -> int:
        """Which try this is, from 1."""
        ...

    @property
    def state(self) -> Any:
        """What the last `Again` said to keep; None at first."""
        ...

    def remaining(self) -> float:
        """Seconds until this attempt is stopped: its type's timeout or the job's deadline."""
        ...

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Tell whoever polls how far the work is. Cheap to call often: at most one write a second."""

    def note(self, **details: Any) -> None:
        """Add to what is recorded of this execution, however it ends. Costs nothing until then.

        Raises: ValueError when all of them together are more than 4 KiB as JSON, or no JSON.
        """

    def cancelled(self) -> bool:
        """Whether a cancel was asked for, or the lease was lost: stop early, nobody wants the result.

        Cheap to call often: at most one read a second.
        """
        ...
