"""A console on a whole service in memory."""

from __future__ import annotations

import asyncio
import html
import json
import re
import socket
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

from claimcheck.build.description import describe
from claimcheck.canonical.described import reference
from claimcheck.installed import dialects
from console.app import application
from console.visit import Console
from tests.kit.world import Answer, World, event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Self

    from starlette.applications import Starlette

URL = "https://claimcheck.example"
HERE = "http://127.0.0.1"
descriptions: dict[str, str] = {}


@dataclass
class Service:
    """A world with its description, and the requests that it got from the console.

    `scripted` has answers that do not come from the world, by path.
    """

    world: World
    scripted: dict[str, httpx.Response] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    @classmethod
    def of(cls, world: World, folder: Path) -> Self:
        file = folder / "openapi.json"
        file.write_text(openapi_of(world))
        world.rebuild(openapi=file)
        return cls(world)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def console(self, **changes: Any) -> Starlette:
        http = httpx.AsyncClient(transport=self.transport)
        options: dict[str, Any] = {"urls": [URL], "now": self._now} | changes
        return application(Console(http, **options))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.world.clock.now() / 1000, UTC)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path in self.scripted:
            return self.scripted[request.url.path]
        if request.url.host != httpx.URL(URL).host:
            raise httpx.ConnectError("no such host")
        headers = {name.lower(): value for name, value in request.headers.items()}
        path, _, query = request.url.raw_path.decode().partition("?")
        with redirect_stdout(None):  # its logs
            asked = event(request.method, path, request.content, headers, query)
            answer = Answer.of(self.world.api.handle(asked))
        return httpx.Response(answer.status, headers=answer.headers, text=answer.text)


def openapi_of(world: World) -> str:
    """Describe the API, once for all worlds with the same names of job types and models.

    It takes longer than most tests.
    """
    alike = repr(world.engine.catalog.versions)
    if alike not in descriptions:
        canonical = [each for each in dialects() if each.name == "canonical"]
        shown = describe(canonical, world.engine.catalog, {}, {"canonical": reference.reference})
        descriptions[alike] = json.dumps(shown)
    return descriptions[alike]


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """Serve the service's console for browsers, and yield the URL of its server."""
    # It listens at once: who connects before the server has started waits for it.
    with socket.create_server(("127.0.0.1", 0)) as place:
        server = uvicorn.Server(uvicorn.Config(service.console(), log_level="warning"))
        thread = Thread(target=server.run, args=([place],))
        thread.start()
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@dataclass
class Browser:
    """A browser that runs no scripts and follows no redirects. It keeps cookies."""

    service: Service
    options: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.service.console(**self.options))
        return httpx.AsyncClient(transport=transport, base_url=HERE)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self.client.get(path, **options))

    def post(self, path: str, *, origin: str = HERE, **form: str) -> httpx.Response:
        return asyncio.run(self.client.post(path, data=form, headers={"origin": origin}))

    def sign_in(self, key: str | None = None, url: str = URL) -> httpx.Response:
        return self.post("/console", url=url, key=key or self.service.world.acme)

    def token(self) -> str:
        return hidden(self.get("/console/types").text, "form_token")

    def submit(self, path: str, **form: str) -> httpx.Response:
        """Send a form as a page of the console does."""
        return self.post(path, **form, form_token=self.token())


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)">', page)
    assert found, page
    return html.unescape(found[1])
