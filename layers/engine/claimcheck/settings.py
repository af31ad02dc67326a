"""The settings, from the environment. `domain.observability` reads the variables of logs itself."""

import os
from collections.abc import Mapping
from typing import NamedTuple, Self

ON_THIS_MACHINE = ("http://127.0.0.1:", "http://localhost:")


class Settings(NamedTuple):
    """The settings of a function. Each function has only the variables that it needs."""

    table_name: str = ""
    queue_url: str = ""
    bucket_name: str = ""
    worker_timeout: int = 900  # seconds
    translate_url: str = ""  # empty: Amazon Translate's own endpoint
    endpoint_url: str = ""  # of an emulator; empty on AWS
    # Allow outbound requests to this machine, over plain HTTP too. Only beside an emulator on the same
    # machine: on Lambda, 127.0.0.1 is the runtime's own API.
    allow_loopback: bool = False
    # The origins whose pages may read answers; `*` means any.
    allow_origins: tuple[str, ...] = ()
    # All variables, for apps.
    environment: Mapping[str, str] = {}

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Raises: ValueError if WORKER_TIMEOUT is not a number."""
        environ = os.environ if environ is None else environ
        endpoint_url = environ.get("AWS_ENDPOINT_URL", "")
        return cls(
            table_name=environ.get("TABLE_NAME", ""),
            queue_url=environ.get("QUEUE_URL", ""),
            bucket_name=environ.get("BUCKET_NAME", ""),
            worker_timeout=int(environ.get("WORKER_TIMEOUT", "900")),
            translate_url=environ.get("TRANSLATE_URL", ""),
            endpoint_url=endpoint_url,
            allow_loopback=endpoint_url.startswith(ON_THIS_MACHINE),
            allow_origins=tuple(filter(None, environ.get("ALLOW_ORIGINS", "").split(","))),
            environment=dict(environ),
        )


def base_path() -> str:
    """Return the path of a custom domain below which clients see the API, or "".

    API Gateway leaves it in a request's path (Powertools for AWS Lambda, "Custom Domain API Mappings").
    """
    return os.environ.get("BASE_PATH", "")
