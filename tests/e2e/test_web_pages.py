"""A web page changes nothing in the emulator of the local stack: tried with a real browser.

Each attempt of the page creates a user with the attempt's name. The same page does this in an emulator
without the guard, so the attempts are real.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from local import ministack, process
from local.endpoint import Endpoint
from local.proxy import Forward
from local.server import Server
from tests.kit.browser import chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from subprocess import Popen

    from playwright.sync_api import Browser

REBOUND = "rebound.example"
"""A name of a page that leads to this machine."""
CREDENTIAL = "test/20260101/us-east-1/iam/aws4_request"
"""Of MiniStack's root user, whose signatures it does not check."""
SIGNED = urlencode({"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": CREDENTIAL})
ATTEMPTS = """
async ([emulator, socket, api, credential, signed]) => {
    const create = name => ({Action: "CreateUser", Version: "2010-05-08", UserName: name})
    const asked = (place, fields) => `${place}?${signed}&${new URLSearchParams(fields)}`
    const post = (place, name, options) => fetch(
        asked(place, {}), {method: "POST", body: new URLSearchParams(create(name)), ...options})
    const element = (kind, properties, start = () => {}) => new Promise(end => {
        const made = Object.assign(document.createElement(kind), properties)
        made.onload = made.onerror = event => end(event.type)
        document.body.append(made)
        start()
    })
    const attempts = {
        reset: () => fetch(`${emulator}_ministack/reset`, {method: "POST", mode: "no-cors"}),
        fetch: () => post(emulator, "fetch", {}),
        no_cors: () => post(emulator, "no_cors", {mode: "no-cors"}),
        header: () => post(emulator, "header", {headers: {
            Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`}}),
        beside_the_api: () => post(`${emulator}_aws/execute-api/none`, "beside_the_api", {mode: "no-cors"}),
        through_the_api: () => post(api, "through_the_api", {mode: "no-cors"}),
        image: () => element("img", {src: asked(emulator, create("image"))}),
        form: () => element("iframe", {name: "into"}, () => {
            const sent = document.createElement("form")
            Object.assign(sent, {method: "POST", action: asked(emulator, {}), target: "into"})
            for (const [name, value] of Object.entries(create("form")))
                sent.append(Object.assign(document.createElement("input"), {name, value}))
            document.body.append(sent)
            sent.submit()
        }),
        socket: () => new Promise(end => {
            const made = new WebSocket(asked(socket, create("socket")))
            made.onopen = made.onclose = event => end(event.type)
        }),
    }
    const ended = {}
    for (const [name, attempt] of Object.entries(attempts))
        ended[name] = await attempt().then(found => found.status ?? found, error => error.name)
    return ended
}
"""
REBOUND_ATTEMPT = """
signed => fetch(`/?${signed}`, {method: "POST",
    body: new URLSearchParams({Action: "CreateUser", Version: "2010-05-08", UserName: "rebound"})}
).then(found => found.status)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Without what Chromium does against such pages itself, which other browsers do not.
    options = [
        "--disable-features=LocalNetworkAccessChecks",
        f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1",
    ]
    with chromium(*options) as browser:
        yield browser


@pytest.fixture(scope="module")
def foreign_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of an empty page on another port, so of another origin."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_text("<!doctype html><body>")

    class Pages(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with serving(partial(Pages, directory=folder)) as url:
        yield url


@contextmanager
def ended(server: Popen[bytes], endpoint: Endpoint, log: Path) -> Iterator[Endpoint]:
    ministack.wait_until_ready(server, endpoint, log)
    yield endpoint
    process.kill(server.pid, "python")


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Endpoint]:
    endpoint = Endpoint.create(process.free_port())
    server = ministack.start(tmp_path, "http://127.0.0.1:9", endpoint, leashed=True)
    with ended(server, endpoint, tmp_path / "ministack.log") as endpoint:
        yield endpoint


@pytest.fixture
def unguarded(tmp_path: Path) -> Iterator[Endpoint]:
    """Return MiniStack as it is without `local.ministack_server`."""
    port = process.free_port()
    settings = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "AUTH": "true", "IOT_MTLS_ENABLED": "0"}
    command = [sys.executable, "-c", "from ministack import app; app.main()"]
    environ = ministack.bare_environ(tmp_path) | settings
    server = process.start(command, tmp_path / "log", environ, leashed=True)
    with ended(server, Endpoint(f"http://127.0.0.1:{port}", "test"), tmp_path / "log") as endpoint:
        yield endpoint


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    with Server(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def proxy(endpoint: Endpoint) -> type[Forward]:
    """Return the proxy for an API that does not exist: what it sends on comes to an end in the emulator."""
    upstream = {"upstream_port": int(endpoint.url.rpartition(":")[2]), "secret": endpoint.secret}
    return type("Here", (Forward,), upstream | {"prefix": "/_aws/execute-api/none"})


def attack(browser: Browser, foreign_page: str, endpoint: Endpoint, api: str) -> dict[str, Any]:
    """Return how each attempt ended in the page."""
    socket = endpoint.url.replace("http", "ws") + "/_aws/execute-api/none/stage/"
    page = browser.new_page()
    page.goto(foreign_page)
    ended: dict[str, Any] = page.evaluate(ATTEMPTS, [f"{endpoint.url}/", socket, api, CREDENTIAL, SIGNED])
    # The page comes from its own server. Then its name leads to the emulator.
    rebound = endpoint.url.replace("127.0.0.1", REBOUND) + "/page"
    page.route(rebound, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(rebound)
    ended["rebound"] = page.evaluate(REBOUND_ATTEMPT, SIGNED)
    page.close()
    return ended


def users(endpoint: Endpoint) -> set[str]:
    return {user["UserName"] for user in endpoint.client("iam").list_users()["Users"]}


def test_a_page_changes_nothing_in_the_emulator(
    browser: Browser, foreign_page: str, emulator: Endpoint
) -> None:
    emulator.client("iam").create_user(UserName="ours")

    with serving(proxy(emulator)) as api:
        ended = attack(browser, foreign_page, emulator, api)

    assert users(emulator) == {"ours"}
    # What the page could read, as far as a page can.
    refused = {"fetch": "TypeError", "header": "TypeError", "socket": "close", "rebound": 403}
    assert ended | refused == ended


def test_the_same_page_changes_an_emulator_without_the_guard(
    browser: Browser, foreign_page: str, unguarded: Endpoint
) -> None:
    unguarded.client("iam").create_user(UserName="ours")

    ended = attack(browser, foreign_page, unguarded, f"{unguarded.url}/")

    assert users(unguarded) == ended.keys() - {"reset", "socket"}
