"""One HTTP/1.1 request and its answer, by http.client, with the checks that it lacks."""

import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import CONTINUE, HTTPConnection, HTTPException, HTTPResponse

from claimcheck.outbound.answer import Answer
from claimcheck.outbound.errors import AnswerBroken, AnswerTooLarge, TimedOut, Unreachable
from claimcheck.outbound.target import Target
from claimcheck.outbound.wire import PIECE, Wire

# Bytes of an answer's headers. Node.js allows 16 KiB (`http.maxHeaderSize`), http.client 100 lines of 64 KiB.
HEAD_LIMIT = 64 * 1024
COMPRESSED = ("gzip", "x-gzip", "deflate")
# "windowBits ... Add 32 to the decoder value to detect the header" of gzip and zlib (Python, "zlib").
DETECT = 32
GZIP = b"\x1f\x8b"  # how each member begins
# No field value contains these (RFC 9110, section 5.5).
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class FinalResponse(HTTPResponse):
    """A response that skips all interim answers (RFC 9110, section 15.2), except 101."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]
        return version, CONTINUE if 101 < status < 200 else status, reason


def exchange(
    wire: Wire, target: Target, method: str, headers: Mapping[str, str], body: bytes | None, limit: int
) -> Answer:
    """Send a request and read its answer. Raises: Unreachable, TimedOut, AnswerTooLarge, AnswerBroken."""
    connection = HTTPConnection(target.host, target.port)
    connection.sock = wire
    connection.response_class = FinalResponse
    # Without a socket http.client would connect to the unchecked name.
    connection.auto_open = 0
    with _translated(target):
        # A server may answer before it has read the body. Then sending fails.
        with suppress(BrokenPipeError, ConnectionResetError):
            own = {"Host": target.authority, "Connection": "close"}
            connection.request(method, target.path, body, {**own, **headers})
        with connection.getresponse() as response:
            head = _headers(response)
            return _decoded(Answer(response.status, head, _body(response, limit)), limit)


@contextmanager
def _translated(target: Target) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise TimedOut(f"{target.host} did not answer in time") from error
    # Before HTTPException: http.client's RemoteDisconnected is both.
    except OSError as error:
        raise Unreachable("connection_lost", f"the connection to {target.host} was lost") from error
    except HTTPException as error:
        raise AnswerBroken(f"the answer of {target.host} is not valid HTTP, or ended too early") from error


def _headers(response: HTTPResponse) -> dict[str, str]:
    """Return one value for each name (RFC 9110, section 5.3), on one line (RFC 9112, section 5.2)."""
    if response.status < 200:
        raise AnswerBroken("the answer changes the protocol, which was not requested")
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        line, key = re.sub(r"\r?\n[ \t]+", " ", value), name.lower()
        if CONTROL.search(line):
            raise AnswerBroken("a header of the answer contains control characters")
        headers[key] = f"{headers[key]}, {line}" if key in headers else line
    if sum(len(name) + len(value) for name, value in headers.items()) > HEAD_LIMIT:
        raise AnswerTooLarge(f"the answer's headers are larger than {HEAD_LIMIT:,} bytes")
    _check_framing(headers)
    return headers


def _check_framing(headers: Mapping[str, str]) -> None:
    """Refuse headers by which http.client would guess the body's end (RFC 9112, section 6.3)."""
    encoding = headers.get("transfer-encoding")
    if encoding is not None and encoding.lower() != "chunked":
        raise AnswerBroken("the answer has a Transfer-Encoding that was not requested")
    if encoding is not None and "content-length" in headers:
        raise AnswerBroken("the answer has both a Transfer-Encoding and a Content-Length")
    lengths = {length.strip() for length in headers.get("content-length", "0").split(",")}
    # http.client ignores numbers with more digits than Python parses.
    if not (len(lengths) == 1 and re.fullmatch("[0-9]{1,18}", lengths.pop())):
        raise AnswerBroken("the answer's Content-Length is not valid")


def _body(response: HTTPResponse, limit: int) -> bytes:
    """Return the body. `read1` does not wait for a whole chunk, which may claim any size."""
    # None if the body is chunked, or ends with the connection.
    length = response.length
    body = bytearray()
    if length is None or length <= limit:
        while len(body) <= limit and (piece := response.read1(min(PIECE, limit + 1 - len(body)))):
            body += piece
    if len(body) > limit or (length or 0) > limit:
        raise _too_large(limit)
    if len(body) < (length or 0):
        raise AnswerBroken("the answer ended before its Content-Length")
    return bytes(body)


def _too_large(limit: int) -> AnswerTooLarge:
    return AnswerTooLarge(f"the answer is larger than {limit:,} bytes")


def _decoded(answer: Answer, limit: int) -> Answer:
    """Decompress a body that the server has compressed, requested or not (RFC 9110, section 8.4.1)."""
    encoding = answer.headers.get("content-encoding", "").lower()
    if encoding not in COMPRESSED or not answer.body:
        return answer
    body, rest = bytearray(), answer.body
    while rest:
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | DETECT)
        try:
            body += unpacking.decompress(rest, limit + 1 - len(body))
        except zlib.error as error:
            raise AnswerBroken(f"the answer's body is not {encoding}") from error
        if len(body) > limit:
            raise _too_large(limit)
        if not unpacking.eof:
            raise AnswerBroken(f"the answer's body is {encoding} that ended too early")
        # "A gzip file consists of a series of members" (RFC 1952, section 2.2).
        rest = unpacking.unused_data if unpacking.unused_data.startswith(GZIP) else b""
    headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
    return Answer(answer.status, headers, bytes(body))
