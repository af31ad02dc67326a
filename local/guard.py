"""Admit only callers of this run to the emulator, which runs any code that a caller gives it.

A caller shows the run's secret: programs as their access key id, the proxy in a header. Functions have the
credentials of their roles, whose signatures the emulator checks.

Of these, web pages know none. They are refused even with one: a browser sends `Origin` or `Sec-Fetch-Site`
with every request that a page can make to another origin, and no page can change or remove them (Fetch
Standard, "forbidden request-header"). A page whose own name leads to this machine (DNS rebinding) sends that
name as `Host`. Only the proxy passes on what pages send, to the HTTP API, which is for pages and checks its
keys.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from ministack.core.router import extract_access_key_id

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Coroutine

    App = Callable[[dict[str, Any], Any, Any], Coroutine[Any, Any, None]]

PROXY_HEADER = "X-Local-Stack"
# An address cannot be rebound. Containers call this machine by the last name (Docker Desktop, "Networking").
HOST = re.compile(r"([0-9.]+|localhost|host\.docker\.internal)(:[0-9]+)?")
FROM_A_PAGE = {"origin", "sec-fetch-site"}
REFUSED = b"The local stack takes no requests of web pages, and others only with its own credentials.\n"


def guarded(app: App, secret: str, roles: Container[str]) -> App:
    """Return the ASGI application with a 403 for strangers. `roles` has the access key ids of functions."""

    async def guard(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan" or is_allowed(scope, secret, roles):
            await app(without_secret(scope), receive, send)
        else:
            # Who asks first whether to send a body sends none now. The next request would be taken for it.
            asks = any(name == b"expect" for name, _ in scope["headers"])
            headers = [(b"connection", b"close")] if asks else []
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": REFUSED})

    return guard


def without_secret(scope: dict[str, Any]) -> dict[str, Any]:
    """Return the request as functions may see it."""
    proof = PROXY_HEADER.lower().encode()
    return scope | {"headers": [each for each in scope.get("headers", ()) if each[0] != proof]}


def is_allowed(scope: dict[str, Any], secret: str, roles: Container[str]) -> bool:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if headers.get(PROXY_HEADER.lower()) == secret:
        return True
    if FROM_A_PAGE & headers.keys() or not HOST.fullmatch(headers.get("host", "")):
        return False
    key_id = extract_access_key_id(headers, parse_qs(scope["query_string"].decode("latin-1")))
    return key_id == secret or key_id in roles
