"""The target of a URL, and the checks that need no network."""

import re
from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import urlsplit

from claimcheck.outbound.addresses import is_loopback, is_public
from claimcheck.outbound.errors import RequestRefused

PORTS = {"https": 443, "http": 80}

# RFC 3986, section 2. Parsers differ on all other characters, such as backslashes, tabs and full-width dots.
URL = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
AUTHORITY = re.compile(r"(?P<host>[^:\[\]]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{0,5}))?")
# RFC 1035, section 2.3.4: 63 octets a label, and 253 characters in all. Underscores occur in practice.
HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
# Resolvers read such a name as an IPv4 address, also in octal, hexadecimal, or with fewer dots: URL Standard
# (WHATWG), "ends in a number checker". No top-level domain is a number (RFC 3696, section 2).
ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")


class Target(NamedTuple):
    """`host` is a name in lower case, or an address. `path` is that of the request line."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_literal(self) -> bool:
        """True if the host is an address: no name ends in a number."""
        return ":" in self.host or ENDS_IN_NUMBER.fullmatch(self.host) is not None

    @property
    def is_local(self) -> bool:
        """True if the host is `localhost` or a loopback address."""
        return self.host == "localhost" or (self.is_literal and is_loopback(self.host))

    def check_addresses(self, addresses: Iterable[str]) -> None:
        """Raises: RequestRefused unless all are public, or loopback if the host is local.

        The message does not show the address: it may come from a private resolver.
        """
        allowed = is_loopback if self.is_local else is_public
        if not all(map(allowed, addresses)):
            raise RequestRefused("forbidden_address", f"{self.host} does not lead to a public address")


def check_url(url: str, *, allow_loopback: bool) -> Target:
    """Return the target. Raises: RequestRefused."""
    if not URL.fullmatch(url):
        raise _malformed("it contains characters that must be percent-encoded (RFC 3986, section 2)")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _malformed("it cannot be parsed") from None
    if parts.scheme not in PORTS:
        raise RequestRefused("forbidden_scheme", "the URL must be https")
    if "@" in parts.netloc:
        message = "the URL must not contain credentials: send them in a header"
        raise RequestRefused("credentials_in_url", message)
    host, port = _authority(parts.netloc)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, host, PORTS[parts.scheme] if port is None else port, path)
    if target.is_local and not allow_loopback:
        raise RequestRefused("forbidden_address", f"{host} does not lead to a public address")
    if target.is_literal:
        target.check_addresses([host])
    if target.scheme != "https" and not target.is_local:
        raise RequestRefused("forbidden_scheme", "the URL must be https")
    return target


def _authority(netloc: str) -> tuple[str, int | None]:
    found = AUTHORITY.fullmatch(netloc)
    if found is None:
        raise _malformed("it has no host, or its host or port cannot be read")
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 1 <= port <= 65535:
        raise _malformed("its port must be 1 to 65535")
    return _host(found["host"].lower().removesuffix(".")), port


def _host(host: str) -> str:
    try:
        if host.startswith("["):
            return str(IPv6Address(host[1:-1]))
        if ENDS_IN_NUMBER.fullmatch(host):
            return str(IPv4Address(host))
    except AddressValueError:
        raise _malformed("an address in it must be written in full, in decimals (IPv6 in brackets)") from None
    if not HOST_NAME.fullmatch(host):
        raise _malformed("its host must be a name in ASCII (xn--… for others)")
    return host


def _malformed(why: str) -> RequestRefused:
    return RequestRefused("malformed_url", f"the URL is malformed: {why}")
