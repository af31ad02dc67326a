"""The wire between botocore and moto. It counts requests, and can inject faults.

moto answers in a hook of botocore. A `Wire` replaces that hook and calls moto itself, so a fault can come
before or after moto's work.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber
from urllib3.exceptions import ProtocolError

from claimcheck.aws import calls as aws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

URL = "https://example.amazonaws.com/"


@dataclass(frozen=True)
class Exchange:
    """One request. `operation` is as in `dynamodb.PutItem`; `send` executes it."""

    operation: str
    send: Callable[[], AWSResponse]

    def refused(self, status: int, code: str, **more: Any) -> AWSResponse:
        """Return an error response in the format of the operation's service."""
        if self.operation.startswith("s3."):
            body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>"
        else:
            body = json.dumps({"__type": f"com.amazonaws#{code}", "message": "No.", **more})
        return AWSResponse(URL, status, HTTPHeaders(), MockRawResponse(body))

    def answered(self, document: dict[str, Any]) -> AWSResponse:
        """Return this response without executing anything."""
        return AWSResponse(URL, 200, HTTPHeaders(), MockRawResponse(json.dumps(document)))


Fault: TypeAlias = "Callable[[Exchange], AWSResponse]"
Plan: TypeAlias = "Callable[[int, str], Fault | None]"


def whole(number: int, operation: str) -> None:
    """Plan no faults."""


@dataclass
class Wire:
    """`plan` returns the fault for each request, by its number and operation."""

    operations: list[str] = field(default_factory=list)
    plan: Plan = whole

    def __call__(self, event_name: str, request: Any, **_: Any) -> AWSResponse:
        operation = event_name.removeprefix("before-send.")
        self.operations.append(operation)
        exchange = Exchange(operation, lambda: _answer(event_name, request))
        fault = self.plan(len(self.operations) - 1, operation)
        return exchange.send() if fault is None else fault(exchange)

    @contextmanager
    def broken(self, plan: Plan) -> Iterator[None]:
        """Use this plan until the block ends, and count requests from 0."""
        self.operations.clear()
        self.plan = plan
        yield
        self.plan = whole


def tap() -> Wire:
    """Put a wire under every client that is created from now on."""
    wire = Wire()
    hooks: Any = aws.session()
    hooks.unregister("before-send", botocore_stubber)
    hooks.register("before-send", wire)
    return wire


def _answer(event_name: str, request: Any) -> AWSResponse:
    answer: AWSResponse | None = botocore_stubber(event_name, request)
    assert answer is not None, "moto must answer every request"
    return answer


# Refused before anything was done.


def throttled(exchange: Exchange) -> AWSResponse:
    code = {"dynamodb": "ProvisionedThroughputExceededException", "s3": "SlowDown", "sqs": "RequestThrottled"}
    service = exchange.operation.partition(".")[0]
    return exchange.refused(503 if service == "s3" else 400, code[service])


def conflicting(exchange: Exchange) -> AWSResponse:
    """Another transaction has the item. No emulator returns this."""
    if exchange.operation != "dynamodb.TransactWriteItems":
        return exchange.refused(400, "TransactionConflictException")
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "Conflict."}]
    return exchange.refused(400, "TransactionCanceledException", CancellationReasons=reasons)


def unreachable(exchange: Exchange) -> AWSResponse:
    raise EndpointConnectionError(endpoint_url=URL)


def unconnected(exchange: Exchange) -> AWSResponse:
    raise ConnectTimeoutError(endpoint_url=URL)


# It is unknown whether anything was done.


def timed_out(exchange: Exchange) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url=URL)


def timed_out_late(exchange: Exchange) -> AWSResponse:
    exchange.send()
    raise ReadTimeoutError(endpoint_url=URL)


def reset(exchange: Exchange) -> AWSResponse:
    raise ConnectionClosedError(endpoint_url=URL)


def reset_late(exchange: Exchange) -> AWSResponse:
    exchange.send()
    raise ConnectionClosedError(endpoint_url=URL)


def failing(exchange: Exchange) -> AWSResponse:
    return exchange.refused(500, "InternalServerError")


def failing_late(exchange: Exchange) -> AWSResponse:
    exchange.send()
    return exchange.refused(500, "InternalServerError")


def down(exchange: Exchange) -> AWSResponse:
    return exchange.refused(503, "ServiceUnavailable")


# Permanent: a retry would not help.


def denied(exchange: Exchange) -> AWSResponse:
    return exchange.refused(400, "AccessDeniedException")


# Incomplete responses.


def cut_off(exchange: Exchange) -> AWSResponse:
    """The response starts, and its body breaks off."""
    answer = exchange.send()

    class Torn(MockRawResponse):  # type: ignore[misc]  # moto's types take long to read
        def read(self, *_: Any) -> bytes:
            raise ProtocolError("Connection broken")

    return AWSResponse(URL, answer.status_code, HTTPHeaders(), Torn(b""))


def cut_short(exchange: Exchange) -> AWSResponse:
    """The response ends before its announced length."""
    answer = exchange.send()
    headers = HTTPHeaders.from_dict({"Content-Length": "1000"})
    return AWSResponse(URL, answer.status_code, headers, MockRawResponse(b"{"))


REFUSALS = (throttled, conflicting, unreachable, unconnected)
IN_DOUBT = (timed_out, timed_out_late, reset, reset_late, failing, failing_late, down)
FAULTS = REFUSALS + IN_DOUBT
