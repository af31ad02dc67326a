"""Requests to a real server that is slow, broken or hostile."""

from __future__ import annotations

import gzip
import os
import zlib
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.outbound import Answer, AnswerBroken, AnswerTooLarge, Outbound, TimedOut, Unreachable
from tests.kit.upstream import Act, Upstream, drip, endless, head, raw, reply, reset, silence, unread

if TYPE_CHECKING:
    from tests.kit.upstream import Line

KIB = 1024
CHUNKED = head(200, "Transfer-Encoding: chunked")
SOON = 0.15  # seconds, short enough for a test


def get(url: str, timeout: float = 5, **rest: Any) -> Answer:
    return Outbound(allow_loopback=True).request("GET", url, timeout=timeout, **rest)


def test_a_request_arrives_as_it_was_given(upstream: Upstream) -> None:
    url = upstream.at("/jobs", reply())

    Outbound(allow_loopback=True).request(
        "PUT", f"{url}?a=%20&b", {"X-Note": "one, two", "Content-Type": "text/plain"}, "é".encode(), timeout=5
    )

    (request,) = upstream.requests
    assert (request.method, request.path, request.body) == ("PUT", "/jobs?a=%20&b", "é".encode())
    assert request.headers == {
        "host": f"127.0.0.1:{upstream.port}",
        "connection": "close",
        "user-agent": "Claimcheck",
        "accept-encoding": "identity",
        "content-length": "2",
        "content-type": "text/plain",
        "x-note": "one, two",
    }


def test_the_caller_may_say_who_asks(upstream: Upstream) -> None:
    get(upstream.at("/", reply()), headers={"user-agent": "Somebody"})

    assert upstream.requests[0].headers["user-agent"] == "Somebody"


def test_an_answer_has_lowercase_names_and_one_value_for_each(upstream: Upstream) -> None:
    answer = get(
        upstream.at(
            "/", raw(head(201, "Content-Length: 2", "X-A: 1", "x-a: 2", "X-B: a\r\n  b") + b"\xff\x00")
        )
    )

    assert answer == Answer(201, {"content-length": "2", "x-a": "1, 2", "x-b": "a b"}, b"\xff\x00")


@pytest.mark.parametrize("interim", [head(100), head(103, "Link: </a>"), head(102) + head(199)])
def test_interim_answers_are_read_past(upstream: Upstream, interim: bytes) -> None:
    answer = get(upstream.at("/", raw(interim + head(200, "Content-Length: 2") + b"ok")))

    assert (answer.status, answer.body) == (200, b"ok")
    assert "link" not in answer.headers


@pytest.mark.parametrize("status", [204, 301, 400, 404, 429, 500, 503, 599])
def test_every_final_status_is_an_answer(upstream: Upstream, status: int) -> None:
    assert get(upstream.at("/", reply(status))).status == status


def test_a_redirect_is_not_followed(upstream: Upstream) -> None:
    answer = get(upstream.at("/", reply(302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"})))

    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/latest/meta-data/")
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_body_is_not_waited_for(upstream: Upstream, method: str, status: int) -> None:
    url = upstream.at("/", raw(head(status, "Content-Length: 5")))

    assert Outbound(allow_loopback=True).request(method, url, timeout=5).body == b""


def test_large_bodies_go_both_ways(upstream: Upstream) -> None:
    sent = os.urandom(256 * KIB)
    url = upstream.at("/", reply(200, sent * 4))

    answer = Outbound(allow_loopback=True).request("POST", url, body=sent, timeout=5)

    assert answer.body == sent * 4
    assert upstream.bodies("/") == [sent]


@pytest.mark.parametrize(
    "act",
    [
        raw(head(200) + b"x" * 1000),
        raw(head(200, "Content-Length: 1000") + b"x" * 1000),
        raw(CHUNKED + b"3e8;a=b\r\n" + b"x" * 1000 + b"\r\n0\r\nX-Trailer: 1\r\n\r\n"),
    ],
)
def test_a_body_may_be_as_large_as_the_limit_and_no_larger(upstream: Upstream, act: Act) -> None:
    url = upstream.at("/", act)

    assert get(url, limit=1000).body == b"x" * 1000
    with pytest.raises(AnswerTooLarge, match="999 bytes"):
        get(url, limit=999)


def test_a_server_that_turns_a_body_down_unread_is_heard(upstream: Upstream) -> None:
    url = upstream.at("/", unread(head(413, "Content-Length: 4") + b"full"))

    answer = Outbound(allow_loopback=True).request("POST", url, body=b"x" * 8 * KIB * KIB, timeout=5)

    assert (answer.status, answer.body) == (413, b"full")


@pytest.mark.parametrize(
    "act",
    [
        silence(),
        drip(head(200, "Content-Length: 1000")),
        drip(head(200, "Content-Length: 1000") + b"x" * 1000, every=0.001),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, every=0.001),
        drip(CHUNKED + b"1\r\nx\r\n" * 1000, every=0.001),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        endless(CHUNKED + b"0\r\n", b"X-Trailer: 1\r\n"),
        reply(after=30),
    ],
)
def test_one_time_limit_bounds_the_whole_exchange(upstream: Upstream, act: Act) -> None:
    url = upstream.at("/", act)
    start = monotonic()

    with pytest.raises(TimedOut):
        get(url, SOON)

    assert SOON <= monotonic() - start < 2


def test_a_server_that_takes_the_body_too_slowly_is_not_waited_for(upstream: Upstream) -> None:
    def sip(line: Line) -> None:
        while line.wait(0.1) and line.sock.recv(KIB * KIB):
            pass

    url = upstream.at("/", Act(sip, takes_body=False))
    start = monotonic()

    with pytest.raises(TimedOut):
        Outbound(allow_loopback=True).request("POST", url, body=bytes(64 * KIB * KIB), timeout=0.5)

    assert 0.5 <= monotonic() - start < 2


@pytest.mark.parametrize(
    "act",
    [
        endless(head(200), b"x" * 64 * KIB),
        endless(CHUNKED, b"10000\r\n" + b"x" * 64 * KIB + b"\r\n"),
        endless(CHUNKED + b"fffffffffffff\r\n", b"x" * 64 * KIB),
        # A negative size makes some readers read everything.
        endless(CHUNKED + b"-1\r\n", b"x" * 64 * KIB),
        drip(head(200, f"Content-Length: {10**15}"), every=0),
    ],
)
def test_no_more_than_the_limit_is_ever_read(upstream: Upstream, act: Act) -> None:
    with pytest.raises(AnswerTooLarge):
        get(upstream.at("/", act))


def test_an_answer_with_too_large_a_head_is_not_kept(upstream: Upstream) -> None:
    with pytest.raises(AnswerTooLarge, match="headers"):
        get(upstream.at("/", reply(200, b"", {f"X-{number}": "x" * 1000 for number in range(70)})))


def test_a_body_ends_where_its_content_length_says_though_more_is_sent(upstream: Upstream) -> None:
    assert get(upstream.at("/", raw(head(200, "Content-Length: 5") + b"1234567"))).body == b"12345"


@pytest.mark.parametrize(
    "answer",
    [
        head(200, "Content-Length: 5") + b"1234",
        head(200, "Content-Length: 5"),
        head(200, "Content-Length: -5") + b"12345",
        head(200, "Content-Length: 5, 6") + b"12345",
        head(200, "Content-Length: 5", "Content-Length: 6") + b"12345",
        head(200, "Content-Length: five") + b"12345",
        head(200, f"Content-Length: {'9' * 5000}") + b"12345",
        head(200, "Content-Length: 5", "Transfer-Encoding: chunked") + b"5\r\n12345\r\n0\r\n\r\n",
        head(200, "Content-Length: 5", "X-A: a\0b") + b"12345",
        head(200, "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n",
        CHUNKED + b"5\r\n1234",
        CHUNKED + b"5\r\n12345\r\n",
        CHUNKED + b"five\r\n12345\r\n",
        head(101, "Upgrade: h2c"),
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 1000,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000,
    ],
)
def test_an_answer_that_lies_or_is_no_http_is_broken(upstream: Upstream, answer: bytes) -> None:
    with pytest.raises(AnswerBroken) as broken:
        get(upstream.at("/", raw(answer)))

    assert broken.value.transient


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 2", head(200, "Content-Length: 5") + b"123"])
def test_a_broken_connection_is_no_answer(upstream: Upstream, start: bytes) -> None:
    with pytest.raises(Unreachable) as lost:
        get(upstream.at("/", reset(start)))

    assert (lost.value.code, lost.value.transient) == ("connection_lost", True)


def test_a_connection_closed_without_an_answer_is_lost(upstream: Upstream) -> None:
    with pytest.raises(Unreachable) as lost:
        get(upstream.at("/", raw(b"")))

    assert lost.value.code == "connection_lost"


def test_a_closed_port_is_unreachable(upstream: Upstream) -> None:
    with pytest.raises(Unreachable) as refused:
        get(f"http://127.0.0.2:{upstream.port}/")

    assert (refused.value.code, refused.value.transient) == ("connection_failed", True)


ZEROS = gzip.compress(bytes(64 * KIB), mtime=0)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", ZEROS),
        ("gzip", gzip.compress(bytes(KIB)) + gzip.compress(bytes(63 * KIB))),
        ("gzip", ZEROS + b"padding"),
        ("X-GZIP", ZEROS),
        ("deflate", zlib.compress(bytes(64 * KIB))),
    ],
    ids=["gzip", "two members", "padded", "x-gzip", "deflate"],
)
def test_a_compressed_answer_is_unpacked_up_to_the_limit(
    upstream: Upstream, encoding: str, packed: bytes
) -> None:
    url = upstream.at("/", reply(200, packed, {"Content-Encoding": encoding, "X-Note": "one"}))
    answer = get(url, limit=64 * KIB)

    assert answer.body == bytes(64 * KIB)
    assert "content-encoding" not in answer.headers
    assert answer.headers["x-note"] == "one"
    with pytest.raises(AnswerTooLarge):
        get(url, limit=64 * KIB - 1)


@pytest.mark.parametrize("packed", [ZEROS[:-9], b"<p>busy"], ids=["cut", "a page"])
def test_an_answer_that_cannot_be_unpacked_is_broken(upstream: Upstream, packed: bytes) -> None:
    with pytest.raises(AnswerBroken):
        get(upstream.at("/", reply(200, packed, {"Content-Encoding": "gzip"})))


@pytest.mark.parametrize(("encoding", "body"), [("gzip", b""), ("br", b"\x0b\x02\x80xyz\x03")])
def test_other_answers_are_as_they_came(upstream: Upstream, encoding: str, body: bytes) -> None:
    answer = get(upstream.at("/", reply(200, body, {"Content-Encoding": encoding})))

    assert (answer.body, answer.headers["content-encoding"]) == (body, encoding)
