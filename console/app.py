"""The web application: signing in and out, and what protects every page."""

from __future__ import annotations

import hmac
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import httpx
from cryptography.fernet import Fernet
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from console import flows, job_types, jobs, schedules, usage
from console.api import PATIENCE, Api, Refused
from console.session import COOKIE, Session, Sessions, is_from_this_site
from console.visit import STATIC, Console, Visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from console.visit import Page

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000",  # which browsers read only over TLS
    # Not no-referrer: with it browsers hide the `Origin` of forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(urls: Sequence[str], secret: str = "", base: str = "") -> Starlette:
    """Return the console of the APIs at `urls`, or of any with none, below `base`. See `Console`.

    Processes with the same `secret`, a Fernet key, share their sessions. Without one, sessions end with the
    process.
    """
    cipher = Fernet(secret or Fernet.generate_key())
    client = httpx.AsyncClient(timeout=PATIENCE)
    return application(Console(client, [url.rstrip("/") for url in urls], Sessions(cipher), base=base))


def application(console: Console) -> Starlette:
    @asynccontextmanager
    async def closing(_: Starlette) -> AsyncIterator[None]:
        async with console.http:
            yield

    pages = [("POST", "/sign-out", sign_out)]
    pages += [page for each in (jobs, schedules, flows, job_types, usage) for page in each.PAGES]
    routes = [
        Route("/", lambda _: console.go(""), methods=["GET"]),
        Route("/console", partial(ask, console), methods=["GET"]),
        Route("/console", partial(sign_in, console), methods=["POST"]),
        Mount("/console/static", StaticFiles(directory=STATIC)),
        *(
            Route("/console" + path, partial(serve, console, show), methods=[verb])
            for verb, path, show in pages
        ),
    ]
    return Starlette(routes=routes, middleware=[Middleware(WithHeaders)], lifespan=closing)


class WithHeaders:
    """Adds the headers of every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


async def serve(console: Console, show: Page, request: Request) -> Response:
    """Answer a request for a page, or ask the person to sign in."""
    session = session_of(console, request)
    if session is None:
        # A link from another site comes without the cookie. Then the browser asks again, from this page.
        linked = request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site"
        return console.page("again.html") if linked else console.go("")
    form = await form_of(request)
    if request.method == "POST" and not (is_from_this_site(request) and _has_token(form, session)):
        return refused(
            console, Refused(403, "forged", "This form is not of this session. Load its page again.")
        )
    api = Api(console.http, session.url, session.key)
    try:
        return await show(Visit(console, request, session, api, await console.descriptions.of(api), form))
    except Refused as refusal:
        return refused(console, refusal)


def session_of(console: Console, request: Request) -> Session | None:
    found = console.sessions.read(request)
    return found if found and console.allows(found.url) else None


async def form_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))


def _has_token(form: dict[str, str], session: Session) -> bool:
    return hmac.compare_digest(form.get("form_token", "").encode(), session.form_token.encode())


def refused(console: Console, refusal: Refused) -> Response:
    if refusal.status == httpx.codes.UNAUTHORIZED:
        return signed_out(console, "The key does not work any more. Sign in with another one.", 401)
    return console.page("error.html", refusal.status, refusal=refusal)


async def ask(console: Console, request: Request) -> Response:
    """Show the form to sign in, or the jobs to a person who is signed in."""
    if session_of(console, request) is not None:
        return console.go("/jobs")
    return console.page("sign_in.html", urls=console.urls, message="")


async def sign_in(console: Console, request: Request) -> Response:
    form = await form_of(request)
    url, key = form.get("url", "").strip().rstrip("/"), form.get("key", "").strip()
    if not is_from_this_site(request):
        return signed_out(console, "The form was sent from another site. Sign in on this page.", 403)
    if not console.allows(url):
        return signed_out(
            console, "This console does not open this URL. Use one that it was started for.", 422
        )
    if not (key.isascii() and key.isprintable() and key):
        return signed_out(console, "The key must be printable ASCII characters. Copy it again.", 422)
    api = Api(console.http, url, key)
    try:
        await console.descriptions.of(api)
        await api.get("/v1/jobs", {"limit": "1"})
    except Refused as refusal:
        return signed_out(console, refusal.message, refusal.status)
    response = console.go("/jobs")
    console.sessions.write(Session(url, key), request, response, console.home)
    return response


def signed_out(console: Console, message: str, status: int) -> Response:
    response = console.page("sign_in.html", status, urls=console.urls, message=message)
    response.delete_cookie(COOKIE, path=console.home)
    return response


async def sign_out(visit: Visit) -> Response:
    response = visit.go("")
    response.delete_cookie(COOKIE, path=visit.console.home)
    return response
