"""Calling AWS: one botocore session, one place that repeats calls and reads AWS's refusals.

botocore's own retries are off, because they hide what matters here: whether a call that failed
in the end may have worked before.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from botocore import __version__ as botocore_version
from botocore.config import Config
from botocore.exceptions import (
    ChecksumError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
)
from botocore.exceptions import ConnectionError as BrokenConnection
from botocore.session import Session

from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.domain.observability import warn
from claimcheck.domain.ports import SHARDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.ports import Clock, Randomness

T = TypeVar("T")

USER_AGENT = f"Botocore/{botocore_version} claimcheck"
TRIES = 4
# A conflict is a definite refusal, and whoever has the row is done with it in some milliseconds: worth
# waiting for one's turn, for three seconds on average. Of 100 transactions that begin at once on one
# row, each holding it for 8 to 15 ms, four tries would turn half away, and ten next to none.
CONFLICT_TRIES = 10
BASE = 50  # milliseconds; doubles with each try up to the longest, with full jitter
LONGEST = 1000
# Nobody was reached: nothing was done.
NO_CONNECTION = (ConnectTimeoutError, EndpointConnectionError)
# The request may have arrived, but its answer did not, or not whole.
NO_ANSWER = (HTTPClientError, BrokenConnection, ChecksumError, FlexibleChecksumError, IncompleteReadError)
# A transaction has the row: nothing was done. (Amazon DynamoDB API Reference, "TransactWriteItems".)
CONFLICTS = frozenset({"TransactionConflict", "TransactionConflictException"})
# Definite refusals: nothing was done. (AWS service error codes for throttling: botocore's
# "Retries" guide lists them.)
REFUSALS = CONFLICTS | frozenset(
    {
        "BandwidthLimitExceeded",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)
# Not done yet or not heard out, and worth asking again (the same guide's "transient errors").
IN_DOUBT = frozenset(
    {
        "PriorRequestNotComplete",
        "RequestTimeout",
        "RequestTimeoutException",
        "TransactionInProgressException",
    }
)


@cache
def session() -> Session:
    return Session()


def make_client(service: str, *, read_timeout: float = 3, endpoint_url: str | None = None) -> Any:
    """`read_timeout` is in seconds; an `endpoint_url` of None is the service's own."""
    config = Config(
        connect_timeout=1,
        read_timeout=read_timeout,
        retries={"total_max_attempts": 1},
        # A sweep reads that many shards side by side.
        max_pool_connections=SHARDS,
        # botocore would put its own together anew for each call, which is a fifth of a call's work.
        user_agent=USER_AGENT,
        # Only signature version 4 URLs are accepted in every region.
        signature_version="s3v4" if service == "s3" else None,
    )
    # Who answers elsewhere is not vouched for by Amazon's authorities, which AWS_CA_BUNDLE names.
    verify = None if endpoint_url is None else True
    return session().create_client(service, endpoint_url=endpoint_url, verify=verify, config=config)


class Service:
    """One of AWS's services: its client, and the patience to repeat calls to it."""

    def __init__(self, client: Any, clock: Clock, randomness: Randomness) -> None:
        self.client = client
        self._clock = clock
        self._randomness = randomness

    def call(self, operation: Callable[..., T], /, **params: Any) -> T:
        """Call a method of the client, again when AWS refuses for now or does not answer.

        Raises: Unavailable when no try was seen to work; ClientError for whatever trying again
        would not change.
        """
        try:
            return self.call_once(operation, **params)
        except OutcomeUnknown as error:
            raise Unavailable from error

    def call_once(self, operation: Callable[..., T], /, stop_in_doubt: bool = False, **params: Any) -> T:
        """As `call`, for an effect that must not be had twice; `stop_in_doubt` if repeating would.

        Raises: also OutcomeUnknown, when a try may have worked; then Unavailable says that none did.
        """
        ambiguous, failures = False, 0
        for number in range(CONFLICT_TRIES):
            if number:
                self.pause(number)
            try:
                return operation(**params)
            except NO_CONNECTION as error:
                last: Exception = error
            except NO_ANSWER as error:
                last, ambiguous = error, True
            except ClientError as error:
                if not _is_passing(error):
                    raise
                last, ambiguous = error, ambiguous or not _is_refusal(error)
            failures += not _is_conflict(last)
            if failures == TRIES or (ambiguous and stop_in_doubt):
                break
        warn("AWS did not do it", operation=getattr(operation, "__name__", "?"), error=_code(last))
        raise (OutcomeUnknown if ambiguous else Unavailable) from last

    def pause(self, number: int) -> None:
        """Wait before the try of this number (from 0)."""
        self._clock.sleep(self._randomness.below(min(BASE * 2**number, LONGEST)))


def code_of(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def cancellation_reasons(error: ClientError) -> list[dict[str, Any]]:
    """Why a transaction was cancelled, one reason for each of its items."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return reasons


def _is_refusal(error: ClientError) -> bool:
    return not _codes_in(error).isdisjoint(REFUSALS)


def _is_conflict(error: Exception) -> bool:
    return isinstance(error, ClientError) and not _codes_in(error).isdisjoint(CONFLICTS)


def _codes_in(error: ClientError) -> set[str]:
    return {code_of(error), *(reason.get("Code", "") for reason in cancellation_reasons(error))}


def _is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _is_refusal(error) or status >= 500 or code_of(error) in IN_DOUBT


def _code(error: Exception) -> str:
    return code_of(error) if isinstance(error, ClientError) else type(error).__name__
