"""Requests that are never sent."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.outbound import Outbound, RequestRefused, check_headers, check_method, check_url

if TYPE_CHECKING:
    from collections.abc import Mapping


def refusal(url: str, *, allow_loopback: bool = False) -> RequestRefused:
    with pytest.raises(RequestRefused) as refused:
        check_url(url, allow_loopback=allow_loopback)
    return refused.value


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/ ",
        " https://example.com/",
        "https://exa mple.com/",
        "https://example.com/\n",
        "https://exam\tple.com/",
        "https://example.com/\x00",
        "https://example.com/é",
        "https://example.com\\@evil.example/",
        "https://exämple.com/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://\u2460.com/",
        "https://127\u30020\u30020\u30021/",
        f"https://{'a' * 64}.com/",
        f"https://{'a.' * 130}com/",
        *[
            "https://",
            "https:///path",
            "https:example.com",
            "https://:443/",
            "https://a:b:1/",
            "https://a..b/",
        ],
        *["https://.a/", "https://example.com../", "https://%6c%6f/", "https://a:0/", "https://a:65536/"],
        *[
            "https://a:-1/",
            "https://a:+1/",
            "https://a:4a3/",
            "https://a:1_0/",
            "https://a[b]/",
            "https://[::1]a/",
        ],
    ],
)
def test_a_url_that_two_parsers_could_read_differently_is_refused(url: str) -> None:
    assert refusal(url).code == "malformed_url"


@pytest.mark.parametrize(
    "url", ["http://example.com/", "ftp://a/", "file:///etc/passwd", "gopher://a/", "//a/", "example.com"]
)
def test_only_https_is_spoken_also_where_loopback_is_allowed(url: str) -> None:
    assert refusal(url).code == "forbidden_scheme"
    assert refusal(url, allow_loopback=True).code == "forbidden_scheme"


def test_an_address_that_is_not_public_is_the_reason_also_with_http() -> None:
    assert refusal("http://192.168.1.1/").code == "forbidden_address"


@pytest.mark.parametrize("user", ["user:s3cret", "user", ":s3cret", "", "s3cret%40"])
def test_credentials_in_a_url_are_refused_and_not_repeated(user: str) -> None:
    refused = refusal(f"https://{user}@example.com/")

    assert refused.code == "credentials_in_url"
    assert "s3cret" not in refused.message


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://example.com", "example.com", "/"),
        ("HTTPS://EXAMPLE.com.:443/A/../b?x=%20#part", "example.com", "/A/../b?x=%20"),
        ("https://example.com:8443?q=1", "example.com:8443", "/?q=1"),
        ("https://xn--exmple-cua.com:/a;b=c", "xn--exmple-cua.com", "/a;b=c"),
        ("https://[2606:4700:4700:0::1111]:8443/", "[2606:4700:4700::1111]:8443", "/"),
        ("https://my_host-1.example.com//x", "my_host-1.example.com", "//x"),
        ("https://a.example/?next=https://me@b.example/", "a.example", "/?next=https://me@b.example/"),
    ],
)
def test_a_url_says_where_to_go_and_what_to_ask_for(url: str, authority: str, path: str) -> None:
    target = check_url(url, allow_loopback=False)

    assert (target.authority, target.path) == (authority, path)


HOSTILE = st.from_regex(r"https?://[a-z0-9x.:@\[\]%\\/]{0,20}(:[0-9]{0,6})?/?", fullmatch=True)


@given(st.text() | HOSTILE)
def test_any_text_is_a_url_or_refused(url: str) -> None:
    try:
        target = check_url(url, allow_loopback=True)
    except RequestRefused:
        return

    assert 1 <= target.port <= 65535
    assert target.path.startswith("/")
    assert target.host.isascii()
    # Texts that the system's resolver takes for an IPv4 address count as one here too.
    assert target.is_literal or not _is_address_to_the_system(target.host)


def _is_address_to_the_system(host: str) -> bool:
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "method", ["", "GE T", "GET\r\n", "GET\n", "G\u00c9T", "CONNECT", "connect", "GET /"]
)
def test_a_method_is_a_token(method: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        check_method(method)

    assert refused.value.code == "malformed_method"


@pytest.mark.parametrize("method", ["GET", "POST", "PROPFIND", "M-SEARCH", "x"])
def test_any_other_method_may_be_sent(method: str) -> None:
    check_method(method)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "a\r\nX-B: b"},
        {"X-A": "a\r\n b"},
        {"X-A": "a\n"},
        {"X-A": "a\x00"},
        {"X-A": "\x7f"},
        {"X-A": "\u00e9"},
        {"X-A\r\nX-B": "a"},
        {"X A": "a"},
        {"X-A:": "a"},
        {"": "a"},
        {"X-A": "1", "x-a": "2"},
    ],
)
def test_an_invalid_header_is_refused(headers: Mapping[str, str]) -> None:
    with pytest.raises(RequestRefused) as refused:
        check_headers(headers)

    assert refused.value.code == "malformed_header"


CONNECTION = """
Host content-length Transfer-Encoding TE Trailer Connection keep-alive Upgrade Proxy-Authorization
Proxy-Connection Proxy-Authenticate Expect HTTP2-Settings
"""


@pytest.mark.parametrize("name", CONNECTION.split())
def test_a_header_that_belongs_to_the_connection_is_refused(name: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        check_headers({name: "x"})

    assert refused.value.code == "forbidden_header"


def test_a_refused_header_is_named_without_its_value() -> None:
    with pytest.raises(RequestRefused) as refused:
        check_headers({"Authorization": "Bearer s3cret\n"})

    assert "Authorization" in refused.value.message
    assert "s3cret" not in refused.value.message


@pytest.mark.parametrize(
    ("method", "url", "headers"),
    [
        ("GET", "http://example.com/", {}),
        ("G T", "https://example.com/", {}),
        ("GET", "https://example.com/", {"Host": "a"}),
    ],
)
def test_a_request_is_refused_before_anything_is_looked_up(
    method: str, url: str, headers: Mapping[str, str]
) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was looked up")

    with pytest.raises(RequestRefused) as refused:
        Outbound(resolve=resolve).request(method, url, headers, timeout=5)

    assert not refused.value.transient
