"""Keep web pages away from the emulator, which runs any code for a caller with the key id `test`.

A browser sends `Origin` or `Sec-Fetch-Site` with every request that a page can make to another origin, and no
page can change or remove them (Fetch Standard, "forbidden request-header"). A page whose own name leads to
this machine (DNS rebinding) sends that name as `Host`. The HTTP API is for pages, too, and checks its keys.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    App = Callable[[dict[str, Any], Any, Any], Coroutine[Any, Any, None]]

# The emulator's prefix for HTTP APIs.
FOR_PAGES = "/_aws/execute-api/"
HOST = re.compile(rb"(127\.0\.0\.1|localhost)(:[0-9]+)?")
REFUSED = b"The emulator takes no requests of web pages.\n"


def guarded(app: App) -> App:
    """Return the ASGI application with a 403 for web pages."""

    async def guard(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan" or is_allowed(scope["path"], dict(scope["headers"])):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": REFUSED})

    return guard


def is_allowed(path: str, headers: dict[bytes, bytes]) -> bool:
    """Names of `headers` are in lower case, as in ASGI."""
    if not HOST.fullmatch(headers.get(b"host", b"")):
        return False
    return path.startswith(FOR_PAGES) or not {b"origin", b"sec-fetch-site"} & headers.keys()
