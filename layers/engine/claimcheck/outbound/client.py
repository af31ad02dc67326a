"""The client: check a request, then send it."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from claimcheck.outbound.headers import check_headers, check_method
from claimcheck.outbound.target import Target, check_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from ssl import SSLContext

    from claimcheck.outbound.answer import Answer
    from claimcheck.outbound.names import Resolve
    from claimcheck.outbound.wire import Deadline

LIMIT = 1024 * 1024


class Outbound:
    """A thread-safe client. Every request has its own connection.

    `allow_loopback` allows URLs of this machine (`localhost`, ::1 or 127.0.0.0/8), also by http. `resolve`
    returns a name's addresses. A `tls` of None trusts the system's authorities. `clock` is monotonic, in
    seconds.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolve: Resolve | None = None,
        tls: SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._resolve = resolve
        self._clock = clock
        self._trust = tls

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        timeout: float,
        limit: int = LIMIT,
    ) -> Answer:
        """Send one request and read its answer.

        `timeout`, in seconds, is for everything: name, connection, TLS, sending and reading. `limit` is in
        bytes of the answer's body.
        Raises: RequestRefused, Unreachable, TimedOut, AnswerTooLarge, AnswerBroken.
        """
        from claimcheck.outbound.exchange import exchange
        from claimcheck.outbound.wire import Deadline, opened

        check_method(method)
        check_headers(headers or {})
        target = check_url(url, allow_loopback=self._allow_loopback)
        deadline = Deadline(timeout, self._clock)
        addresses = self._addresses(target, deadline)
        with opened(target, addresses, lambda: self._tls, deadline) as wire:
            return exchange(wire, target, method, _with_agent(headers or {}), body, limit)

    def _addresses(self, target: Target, deadline: Deadline) -> list[str]:
        """Return the checked addresses. The request connects to no others."""
        from claimcheck.outbound.names import addresses_of, resolve

        if target.is_literal:
            return [target.host]
        found = addresses_of(target.host, target.port, self._resolve or resolve, deadline.left())
        target.check_addresses(found)
        return found

    @cached_property
    def _tls(self) -> SSLContext:
        """The system's certificates, which Lambda's runtimes have, or those of SSL_CERT_FILE."""
        from ssl import create_default_context

        return self._trust or create_default_context()


def _with_agent(headers: Mapping[str, str]) -> Mapping[str, str]:
    named = any(name.lower() == "user-agent" for name in headers)
    return headers if named else {"User-Agent": "Claimcheck", **headers}
