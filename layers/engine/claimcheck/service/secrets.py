"""The secrets of apps. A value is kept here for a while and given to the handler, and is nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import MINUTE, Millis
from claimcheck.domain.observability import warn
from claimcheck.domain.outcome import Retry
from claimcheck.domain.ports import secret_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimcheck.domain.ports import Clock, SecretStore

# A rotated secret is used after this time at the latest.
MAX_AGE = 5 * MINUTE


class Secrets:
    """`find_app` returns the app of a job type. `environment` has the ARN of each secret."""

    def __init__(
        self,
        store: SecretStore,
        find_app: Callable[[str], str],
        environment: Mapping[str, str],
        clock: Clock,
    ) -> None:
        self._store = store
        self._find_app = find_app
        self._environment = environment
        self._clock = clock
        self._kept: dict[str, tuple[Millis, str]] = {}

    def read(self, job_type: str, name: str) -> str:
        """Return a secret of the job type's app.

        Raises: Retry with the code `secret_unavailable`. The log has the reason.
        """
        app = self._find_app(job_type)
        arn = self._environment.get(secret_variable(app, name))
        try:
            if arn is None:
                raise Unavailable("app.toml does not declare it, or `make template` was not run")
            return self._fresh(arn)
        except Unavailable as error:
            warn("secret not read", app=app, secret=name, arn=arn, reason=error.message)
            message = "A secret of the job type could not be read."
            raise Retry(message=message, code="secret_unavailable") from error

    def _fresh(self, arn: str) -> str:
        """Raises: Unavailable."""
        now = self._clock.now()
        read_at, value = self._kept.get(arn, (now - MAX_AGE, ""))
        if now - read_at >= MAX_AGE:
            value = self._store.read(arn)
            self._kept[arn] = now, value
        return value
