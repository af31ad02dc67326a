"""Only callers of the run reach the emulator."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from local.guard import PROXY_HEADER, guarded

SECRET, ROLE = "of-the-run", "ASIAROLE"
HERE = {"host": "127.0.0.1:4566"}
PROXY = {PROXY_HEADER.lower(): SECRET}
PATHS = ["/", "/_ministack/reset", "/2015-03-31/functions", "/_aws/execute-api/a1b2c3d4/v1/jobs"]


def signed(key_id: str) -> dict[str, str]:
    return {"authorization": f"AWS4-HMAC-SHA256 Credential={key_id}/20260101/us-east-1/s3/aws4_request, …"}


def asked(path: str, headers: dict[str, str], kind: str = "http", query: str = "") -> Any:
    """Return the status of the answer; `reached` is the emulator's."""
    return answer(path, headers, kind, query)["status"]


def answer(path: str, headers: dict[str, str], kind: str = "http", query: str = "") -> dict[str, Any]:
    sent = list[dict[str, Any]]()

    async def emulator(scope: Any, receive: Any, send: Any) -> None:
        assert SECRET not in str([each for each in scope["headers"] if each[0] != b"authorization"])
        await send({"type": "http.response.start", "status": "reached"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(guarded(emulator, SECRET, {ROLE})(scope, None, send))
    return sent[0]


@pytest.mark.parametrize("key_id", [SECRET, ROLE])
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
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_refused_even_with_credentials(path: str, headers: dict[str, str], key_id: str) -> None:
    page = HERE | signed(key_id) | headers

    assert asked(path, page) == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("key_id", ["test", "000000000000", "AKIAUNKNOWN", ""])
def test_a_program_without_credentials_of_the_run_is_refused(path: str, key_id: str) -> None:
    assert asked(path, HERE) == 403
    assert asked(path, HERE | signed(key_id)) == 403
    assert asked(path, HERE | {PROXY_HEADER.lower(): key_id}) == 403
    assert asked(path, HERE, query=presigned(key_id)) == 403


def test_only_who_has_not_sent_its_body_is_disconnected() -> None:
    assert answer("/", HERE | {"expect": "100-continue"})["headers"] == [(b"connection", b"close")]
    assert answer("/", HERE | {"content-length": "50000000"})["headers"] == []


@pytest.mark.parametrize("host", ["127.0.0.1:4566", "localhost:4566", "172.17.0.1:4566", "127.0.0.1"])
@pytest.mark.parametrize("key_id", [SECRET, ROLE])
def test_programs_and_functions_of_the_run_are_not(key_id: str, host: str) -> None:
    assert asked("/", {"host": host} | signed(key_id)) == "reached"
    assert asked("/bucket/key", {"host": host}, query=presigned(key_id)) == "reached"


def presigned(key_id: str) -> str:
    return f"X-Amz-Credential={quote(key_id + '/20260101/us-east-1/s3/aws4_request', safe='')}"


def test_the_proxy_passes_on_what_pages_send_and_functions_do_not_see_the_secret() -> None:
    page = {"origin": "https://app.example.com", "sec-fetch-site": "cross-site"}

    assert asked(PATHS[-1], HERE | page | PROXY) == "reached"


def test_the_start_of_the_emulator_is_passed_on() -> None:
    assert asked("", {}, "lifespan") == "reached"
