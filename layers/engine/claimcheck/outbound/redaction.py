"""Redaction of secrets in recorded requests and answers.

Secrets are found by their names. In doubt a value is hidden. Bodies are not searched.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote_plus

REDACTED = "[redacted]"

# Parts of a name without its separators: `X-Api-Key`, `api_key` and `apikey` are the same.
STEMS = re.compile(
    "assertion|auth(?!or(?!i[sz]))|bearer|cookie|credential|csrf|hmac|jwt|passw|passphrase|private|saml|secret"
    "|sess|signature|token|xsrf|key$"
)
# Whole names, too short for parts. `code` is OAuth's, and the key of an Azure function.
NAMES = frozenset({"code", "otp", "pass", "pin", "pwd", "sid", "sig"})
# A parameter of a query or fragment, also within a `Location` or `Link`.
PARAMETER = re.compile(r"(?P<name>(?<=[?&;#])[^=?&;#\s]+)=(?P<value>[^&;#\s\"'<>]*)")
USERINFO = re.compile(r"(?<=://)[^/?#@\s]*@")


def is_secret(name: str) -> bool:
    """Return whether the name of a header or query parameter suggests a secret."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return plain in NAMES or STEMS.search(plain) is not None


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: REDACTED if is_secret(name) else redacted_url(value) for name, value in headers.items()}


def redacted_url(url: str) -> str:
    """Return a URL, or a text with URLs, without userinfo and the values of secret parameters."""
    return PARAMETER.sub(_redact, USERINFO.sub(f"{REDACTED}@", url))


def _redact(parameter: re.Match[str]) -> str:
    if not is_secret(unquote_plus(parameter["name"])):
        return parameter[0]
    return f"{parameter['name']}={REDACTED}"
