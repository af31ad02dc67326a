"""The default callbacks of orgs, and the check of a callback's URL.

The defaults of all orgs are read at once, once a minute. So jobs of orgs without a default cost nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NamedTuple

from claimcheck.domain.errors import DefaultCallbackNotFound, FieldError, InvalidFields
from claimcheck.domain.job import MINUTE, Millis
from claimcheck.domain.json_text import compact
from claimcheck.domain.keys import EVERYBODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.ports import DocumentStore

MAX_URL = 2048  # characters
UNSIGNED = (
    "callbacks are signed, and your organisation has no signing secret: ask the operator of this deployment "
    "to create one with `make secret ORG={org}`"
)
KIND = "callback"
# As long as an API key is trusted.
MAX_AGE = MINUTE

On = Literal["failed", "ended"]


class DefaultCallback(NamedTuple):
    """The callback of an org's jobs that have none of their own: when they have `failed`, or have `ended`."""

    url: str
    on: On


class CallbackSettings:
    def __init__(self, documents: Callable[[], DocumentStore], *, allow_loopback: bool = False) -> None:
        """`allow_loopback` is that of `Outbound`."""
        self._documents = documents
        self._allow_loopback = allow_loopback
        self._wanted: dict[str, On] = {}
        self._read_at: Millis | None = None

    def errors_in(self, org: str, url: str, at: str) -> list[FieldError]:
        """Return what is wrong with an org's callback URL. `at` is its JSON pointer, empty for the header."""
        from claimcheck.outbound import RequestRefused, check_url
        from claimcheck.service.callbacks.signing import secrets_of

        said = "" if at else "the header Claimcheck-Callback-Url: "
        try:
            check_url(url, allow_loopback=self._allow_loopback)
        except RequestRefused as error:
            return [FieldError(at, said + error.message)]
        if len(url) > MAX_URL:
            return [FieldError(at, f"{said}at most {MAX_URL:,} characters")]
        if not secrets_of(self._documents(), org):
            return [FieldError(at, said + UNSIGNED.format(org=org))]
        return []

    def wanted_by(self, org: str, now: Millis) -> On | None:
        """Return when an org wants a callback by default. A change can take a minute to be seen."""
        if self._read_at is None or now - self._read_at >= MAX_AGE:
            self._wanted = {name: default.on for name, default in _defaults(self._documents()).items()}
            self._read_at = now
        return self._wanted.get(org)

    def get(self, org: str) -> DefaultCallback:
        """Raises: DefaultCallbackNotFound."""
        default = default_of(self._documents(), org)
        if default is None:
            raise DefaultCallbackNotFound
        return default

    def put(self, org: str, default: DefaultCallback) -> None:
        """Raises: InvalidFields."""
        if errors := self.errors_in(org, default.url, "/url"):
            raise InvalidFields(errors)
        put_default(self._documents(), org, default)

    def delete(self, org: str) -> None:
        """Raises: DefaultCallbackNotFound."""
        self.get(org)
        put_default(self._documents(), org, None)


def put_default(documents: DocumentStore, org: str, default: DefaultCallback | None) -> None:
    """Store a default, or delete it: a deleted one is an empty text."""
    documents.put(EVERYBODY, KIND, org, "" if default is None else compact(default._asdict()))


def default_of(documents: DocumentStore, org: str) -> DefaultCallback | None:
    return _defaults(documents, org).get(org)


def _defaults(documents: DocumentStore, prefix: str = "") -> dict[str, DefaultCallback]:
    """Return the defaults of the orgs whose names start with `prefix`."""
    found = documents.find(EVERYBODY, KIND, prefix)
    # Newer code may have stored more fields.
    known = {org: json.loads(text) for org, text in found.items() if text}
    return {org: DefaultCallback(each["url"], each["on"]) for org, each in known.items()}
