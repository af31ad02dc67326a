"""No web page reaches the emulator."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from local.guard import guarded

HERE = {"host": "127.0.0.1:4566"}
API = "/_aws/execute-api/a1b2c3d4/v1/jobs"


def asked(path: str, headers: dict[str, str], kind: str = "http") -> Any:
    """Return the status or type of the answer; `reached` is the emulator's."""
    sent = list[dict[str, Any]]()

    async def emulator(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": "reached"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(guarded(emulator)(scope, None, send))
    return sent[0].get("status", sent[0]["type"])


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:4566"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"host": "evil.example:4566"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "a1b2c3d4.execute-api.localhost:4566"},
        {"host": ""},
    ],
)
@pytest.mark.parametrize("path", ["/", "/_ministack/health", "/2015-03-31/functions"])
def test_a_page_is_refused(path: str, headers: dict[str, str]) -> None:
    assert asked(path, HERE | headers) == 403
    assert asked(path, HERE | headers, "websocket") == "websocket.close"


@pytest.mark.parametrize("host", ["127.0.0.1:4566", "localhost:4566", "127.0.0.1"])
def test_a_program_is_not(host: str) -> None:
    assert asked("/", {"host": host, "authorization": "AWS4-HMAC-SHA256 Credential=test/…"}) == "reached"


def test_a_page_reaches_the_http_api_but_not_under_another_name() -> None:
    page = {"origin": "https://app.example.com", "sec-fetch-site": "cross-site"}

    assert asked(API, HERE | page) == "reached"
    assert asked(API, HERE | page | {"host": "evil.example"}) == 403


def test_the_start_of_the_emulator_is_passed_on() -> None:
    assert asked("", {}, "lifespan") == "reached"
