"""The settings, from the environment. `domain.observability` reads the variables of logs itself."""

import os
from collections.abc import Mapping
from typing import NamedTuple, Self


class Settings(NamedTuple):
    """The settings of a function. Each function has only the variables that it needs."""

    table_name: str = ""
    queue_url: str = ""
    bucket_name: str = ""
    worker_timeout: int = 900  # seconds
    translate_url: str = ""  # empty: Amazon Translate's own endpoint
    # Allow outbound requests to this machine, over plain HTTP too.
    allow_loopback: bool = False
    # The origins whose pages may read answers; `*` means any.
    allow_origins: tuple[str, ...] = ()
    # All variables, for apps.
    environment: Mapping[str, str] = {}

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Raises: ValueError if WORKER_TIMEOUT is not a number."""
        environ = os.environ if environ is None else environ
        return cls(
            table_name=environ.get("TABLE_NAME", ""),
            queue_url=environ.get("QUEUE_URL", ""),
            bucket_name=environ.get("BUCKET_NAME", ""),
            worker_timeout=int(environ.get("WORKER_TIMEOUT", "900")),
            translate_url=environ.get("TRANSLATE_URL", ""),
            allow_loopback=environ.get("ALLOW_LOOPBACK", "") == "true",
            allow_origins=tuple(environ.get("ALLOW_ORIGINS", "").split()),
            environment=dict(environ),
        )
