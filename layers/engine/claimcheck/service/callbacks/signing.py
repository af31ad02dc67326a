"""The signing secrets of an org's callbacks (Standard Webhooks 1.0.0, "Symmetric").

The two newest are valid, and each callback is signed with both: so receivers can change to a new secret.
Secrets are stored in plain text as documents of the org, because a signature needs them. No request writes or
shows them, and in DynamoDB they have partitions of their own (`SECRET#<org>`).
"""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime

from claimcheck.domain.job import Millis
from claimcheck.domain.ports import DocumentStore

KIND = "secret"
PREFIX = "whsec_"
VALID = 2
# Bytes. The specification requires 24 to 64.
LENGTH = 32


def secrets_of(documents: DocumentStore, org: str) -> list[str]:
    """Return the valid secrets, newest first."""
    # A revoked secret is an empty text.
    found = [text for text in documents.find(org, KIND).values() if text]
    return found[: -VALID - 1 : -1]


def issue_secret(documents: DocumentStore, org: str, now: Millis) -> str:
    """Create a secret and return it. Revoke all older ones except the newest."""
    # A version before 0.2 may have stored them elsewhere, where they are read only if there is no newer one.
    # So the newest comes first: it must be valid all the time.
    for name, text in reversed(documents.find(org, KIND).items()):
        documents.put(org, KIND, name, text)
    secret = PREFIX + b64encode(secrets.token_bytes(LENGTH)).decode()
    # The random part keeps apart two secrets of the same millisecond.
    documents.put(org, KIND, f"{now:015}#{secrets.token_hex(4)}", secret)
    kept = documents.find(org, KIND)
    for name in list(kept)[:-VALID]:
        if kept[name]:
            documents.put(org, KIND, name, "")
    return secret


def signed(valid: Sequence[str], message_id: str, at: Millis, body: str) -> dict[str, str]:
    """Return the headers of a message, with one signature for each secret."""
    from standardwebhooks import Webhook

    moment = datetime.fromtimestamp(at // 1000, UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at // 1000),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, moment, body) for secret in valid),
    }
