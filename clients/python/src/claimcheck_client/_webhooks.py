"""Verify callbacks, as https://www.standardwebhooks.com describes it."""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from claimcheck_client._errors import InvalidSignature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck_client._documents import JobDocument

TOLERANCE = 300
"""The seconds by which a callback's time may differ from ours."""


def verify_webhook(
    body: bytes, headers: Mapping[str, str], secret: str, *, now: float | None = None
) -> JobDocument:
    """Return the job of a callback. Its `job_id` is also the `webhook-id`: process each only once.

    `body` has the bytes as they arrived, `secret` is `whsec_…`, and `now` seconds since 1970.

    Raises: InvalidSignature; ValueError if the secret is not base64.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, timestamp, signatures = (
            given[f"webhook-{name}"] for name in ("id", "timestamp", "signature")
        )
        age = (time.time() if now is None else now) - int(timestamp)
    except (KeyError, ValueError) as error:
        raise InvalidSignature("The headers of a signed callback are missing.") from error
    if abs(age) > TOLERANCE:
        raise InvalidSignature(f"The callback was signed {age:.0f} seconds ago.")
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = b"v1," + b64encode(hmac.digest(b64decode(secret.removeprefix("whsec_")), signed, sha256))
    if not any(hmac.compare_digest(expected, each.encode()) for each in signatures.split()):
        raise InvalidSignature("No signature of the callback is by this secret.")
    job: JobDocument = json.loads(body)
    return job
