"""The session of a signed-in browser: a cookie with the API's URL and the key, encrypted.

The console stores nothing, so any number of its processes serve one browser. The cookie is encrypted because
browsers send a cookie of 127.0.0.1 to every port there.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "claimcheck_console"
LIFETIME = 12 * 3600  # seconds


@dataclass(frozen=True)
class Session:
    """`form_token` is in each form of its pages, so that no other site's form is taken for one of them."""

    url: str
    key: str
    form_token: str = field(default_factory=partial(secrets.token_urlsafe, 24))


@dataclass(frozen=True)
class Sessions:
    cipher: Fernet

    def read(self, request: Request) -> Session | None:
        try:
            text = self.cipher.decrypt(request.cookies.get(COOKIE, ""), ttl=LIFETIME)
        except (InvalidToken, ValueError):
            # Any port of this machine can set a cookie of any text.
            return None
        return Session(**json.loads(text))

    def write(self, session: Session, request: Request, response: Response, path: str) -> None:
        """Set the cookie for the pages below `path`. Only on this machine it works without TLS."""
        value = self.cipher.encrypt(json.dumps(asdict(session)).encode()).decode()
        secure = request.url.hostname != "127.0.0.1"
        response.set_cookie(
            COOKIE, value, path=path, max_age=LIFETIME, secure=secure, httponly=True, samesite="strict"
        )


def is_from_this_site(request: Request) -> bool:
    """Return whether a page of this console sent the form. Browsers send `Origin` with each POST."""
    return request.headers.get("origin", "").partition("//")[2] == request.headers.get("host")
