"""Taking secrets out of what is recorded of requests and answers.

By name, since a secret's value looks like any other. It errs on the side of hiding: a name that only
sounds like a secret costs a reader less than a secret costs its owner. Bodies are not looked into.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping

REDACTED = "[redacted]"

# Anywhere in a name, whose separators are gone: `X-Api-Key`, `api_key` and `apikey` are one.
STEMS = re.compile(
    "assertion|auth(?!or(?!i[sz]))|bearer|cookie|credential|csrf|hmac|jwt|passw|passphrase|private|saml|secret"
    "|sess|signature|token|xsrf|key$"
)
# Too short to be looked for within names. `code` is OAuth's, and the key of an Azure function.
NAMES = frozenset({"code", "otp", "pass", "pin", "pwd", "sid", "sig"})
# A parameter of a query or fragment, wherever one stands: also in a `Location` or a `Link`.
PARAMETER = re.compile(r"(?P<name>(?<=[?&;#])[^=?&;#\s]+)=(?P<value>[^&;#\s\"'<>]*)")
USERINFO = re.compile(r"(?<=://)[^/?#@\s]*@")


def is_secret(name: str) -> bool:
    """Whether a header or query parameter of this name looks as if it held a secret."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return plain in NAMES or STEMS.search(plain) is not None


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: REDACTED if is_secret(name) else redacted_url(value) for name, value in headers.items()}


def redacted_url(url: str) -> str:
    """A URL, or a text with URLs in it, without userinfo and without the values of secret parameters."""
    return PARAMETER.sub(_redact, USERINFO.sub(f"{REDACTED}@", url))


def _redact(parameter: re.Match[str]) -> str:
    if not is_secret(unquote_plus(parameter["name"])):
        return parameter[0]
    return f"{parameter['name']}={REDACTED}"
