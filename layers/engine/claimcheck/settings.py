"""What the environment says, read once. The one place that looks at `os.environ`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Settings(NamedTuple):
    """Each function is given the variables that it needs; a missing one fails when it is used."""

    table_name: str = ""
    queue_url: str = ""
    bucket_name: str = ""
    worker_timeout: int = 900  # seconds
    # Amazon Translate's own endpoint if empty.
    translate_url: str = ""
    # Whether outbound requests may go to this machine, and over plain HTTP there.
    allow_loopback: bool = False
    # All of it, for apps, whose variables only they know.
    environment: Mapping[str, str] = {}

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Raises: ValueError when a number is none."""
        environ = os.environ if environ is None else environ
        return cls(
            table_name=environ.get("TABLE_NAME", ""),
            queue_url=environ.get("QUEUE_URL", ""),
            bucket_name=environ.get("BUCKET_NAME", ""),
            worker_timeout=int(environ.get("WORKER_TIMEOUT", "900")),
            translate_url=environ.get("TRANSLATE_URL", ""),
            allow_loopback=environ.get("ALLOW_LOOPBACK", "") == "true",
            environment=dict(environ),
        )
