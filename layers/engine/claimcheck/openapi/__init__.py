"""The API's description in OpenAPI 3.1, made at build time from what the dialects say of themselves.

    python -m claimcheck.openapi > openapi.json

Nothing that serves requests imports this package.
"""

from claimcheck.openapi.document import describe

__all__ = ["describe"]
