"""Redaction of secrets in recorded requests and answers.

Secrets are found by their names, and in paths by their place and look: the URL of a webhook is its key. In
doubt a value is hidden. Bodies are not searched.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote, unquote_plus

REDACTED = "[redacted]"

# Parts of a name without its separators: `X-Api-Key`, `api_key` and `apikey` are the same.
STEMS = re.compile(
    "assertion|auth(?!or(?!i[sz]))|bearer|cookie|credential|csrf|hmac|jwt|passw|passphrase|private|saml|secret"
    "|sess|signature|token|xsrf|key$"
)
# Words of a name, too short for parts.
WORDS = frozenset({"mfa", "otp", "pin", "pw", "pwd", "sid", "sig", "totp"})
# Whole names: `status-code` is no secret. `code` is OAuth's, and the key of an Azure function.
NAMES = frozenset({"code", "pass"})
# A parameter of a query or fragment, also within a `Location` or `Link`.
PARAMETER = re.compile(r"(?P<name>(?<=[?&;#])[^=?&;#\s]+)=(?P<value>[^&;#\s\"'<>]*)")
USERINFO = re.compile(r"(?<=://)[^/?#@\s]*@")
PATH = re.compile(r"(?<=://)(?P<host>[^/?#\s]*)(?P<path>/[^?#\s\"'<>]*)")
# Mixed letters and digits of such a length, or Telegram's `bot123:…`. Hexadecimal ids are shown.
TOKEN = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9_~.-]{20,}|[a-z]*[0-9]+:.+")
# What follows a segment such as `webhooks` is a token if it has one of these.
UNLIKE_WORDS = re.compile("[A-Z0-9]")


def is_secret(name: str) -> bool:
    """Return whether the name of a header or query parameter suggests a secret."""
    words = re.findall("[a-z0-9]+", name.lower())
    plain = "".join(words)
    return plain in NAMES or not WORDS.isdisjoint(words) or STEMS.search(plain) is not None


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: REDACTED if is_secret(name) else redacted_url(value) for name, value in headers.items()}


def redacted_url(url: str) -> str:
    """Return a URL, or a text with URLs, without userinfo, tokens in paths and secret parameters."""
    return PARAMETER.sub(_redact, PATH.sub(_redact_path, USERINFO.sub(f"{REDACTED}@", url)))


def _redact_path(url: re.Match[str]) -> str:
    """Redact the whole path on a host such as hooks.slack.com."""
    shown, after_hook = [], False
    for segment in url["path"].split("/"):
        hidden = TOKEN.fullmatch(unquote(segment)) or (after_hook and UNLIKE_WORDS.search(segment))
        shown.append(REDACTED if hidden else segment)
        after_hook = after_hook or "hook" in segment.lower()
    path = f"/{REDACTED}" if "hook" in url["host"].lower() and url["path"] != "/" else "/".join(shown)
    return url["host"] + path


def _redact(parameter: re.Match[str]) -> str:
    if not is_secret(unquote_plus(parameter["name"])):
        return parameter[0]
    return f"{parameter['name']}={REDACTED}"
