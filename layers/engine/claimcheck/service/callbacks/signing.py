"""The secrets that an org's callbacks are signed with (Standard Webhooks 1.0.0, "Symmetric").

Two are valid at a time: a new one is made before receivers know it, so until the next one is made each
callback is signed with both. They are kept as they are, because a signature needs them, among what the
org keeps (`SECRET#…`); no request reads or writes them.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimcheck.domain.job import Millis
    from claimcheck.domain.ports import DocumentStore

KIND = "secret"
PREFIX = "whsec_"
VALID = 2
# Bytes: the specification asks for 24 to 64.
LENGTH = 32


def secrets_of(documents: DocumentStore, org: str) -> list[str]:
    """The valid ones, newest first."""
    # One that has ended is an empty text.
    found = [text for text in documents.find(org, KIND).values() if text]
    return found[: -VALID - 1 : -1]


def issue_secret(documents: DocumentStore, org: str, now: Millis) -> str:
    """Make a secret and return it; of those that there were, all but the newest end."""
    secret = PREFIX + b64encode(secrets.token_bytes(LENGTH)).decode()
    # Random beside its time: two that are made at once must not replace each other.
    documents.put(org, KIND, f"{now:015}#{secrets.token_hex(4)}", secret)
    kept = documents.find(org, KIND)
    for name in list(kept)[:-VALID]:
        if kept[name]:
            documents.put(org, KIND, name, "")
    return secret


def signed(valid: Sequence[str], message_id: str, at: Millis, body: str) -> dict[str, str]:
    """The headers of a message: one signature for each secret."""
    from standardwebhooks import Webhook

    moment = datetime.fromtimestamp(at // 1000, UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at // 1000),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, moment, body) for secret in valid),
    }
