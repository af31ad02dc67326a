"""A request of a person who is signed in, and the console that answers it with a page."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from cryptography.fernet import Fernet
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse

from console.api import Descriptions
from console.session import Sessions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    import httpx
    from starlette.requests import Request
    from starlette.responses import Response

    from console.api import Api, Description
    from console.session import Session


def _shown_time(time: str | None) -> str:
    """Return a time of the API without its fraction; all are in UTC."""
    return time[:19].replace("T", " ") if time else "-"


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _with_code(text: str) -> Markup:
    """Return a description with its code as such."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def _version() -> str:
    contents = b"".join(file.read_bytes() for file in sorted(STATIC.iterdir()))
    return hashlib.sha256(contents).hexdigest()[:12]


HERE = Path(__file__).parent
STATIC = HERE / "static"
TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# In the addresses of the static files, because browsers keep these: on Lambda, files are of the year 1980.
TEMPLATES.globals["version"] = _version()
TEMPLATES.filters |= {"at": _shown_time, "pretty": _pretty, "with_code": _with_code}


@dataclass(frozen=True)
class Console:
    """The console of the APIs at `urls`; without any, of each URL that a person types in.

    A console that others can reach needs `urls`: without them it sends requests to any place, for anyone.
    `base` is the path below which a custom domain serves it, or "": pages link to themselves there.
    """

    http: httpx.AsyncClient
    urls: Sequence[str] = ()
    sessions: Sessions = field(default_factory=lambda: Sessions(Fernet(Fernet.generate_key())))
    descriptions: Descriptions = field(default_factory=Descriptions)
    base: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def home(self) -> str:
        return f"{self.base}/console"

    def allows(self, url: str) -> bool:
        return url in self.urls if self.urls else _is_base_url(url)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        text = TEMPLATES.get_template(template).render({"session": None, "home": self.home} | values)
        return HTMLResponse(text, status, {"Cache-Control": "no-store"})

    def go(self, path: str) -> Response:
        """Return a redirect to a page, after a form."""
        return RedirectResponse(self.home + path, 303)


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.query + parts.fragment


@dataclass(frozen=True)
class Visit:
    """One request of a person who is signed in. `form` has the fields of a `POST`."""

    console: Console
    request: Request
    session: Session
    api: Api
    description: Description
    form: dict[str, str]

    def param(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    @property
    def cursor(self) -> dict[str, str]:
        """Return the parameters of the page of a list that is asked for."""
        cursor = self.request.query_params.get("cursor", "")
        return {"cursor": cursor} if cursor else {}

    def quoted(self, name: str) -> str:
        """Return a part of the path as it is in paths."""
        return quote(self.param(name), safe="")

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        shared = {"session": self.session, "api": self.description, "path": self.request.url.path}
        return self.console.page(template, status, **shared, **values)

    def go(self, path: str) -> Response:
        return self.console.go(path)


if TYPE_CHECKING:
    Page = Callable[[Visit], Awaitable[Response]]
    Pages = tuple[tuple[str, str, Page], ...]
