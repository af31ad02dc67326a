"""Calls of AWS, with one botocore session and retries.

botocore's own retries are off, because they hide whether a failed call may have worked.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

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
from claimcheck.domain.ports import SHARDS, Clock, Randomness

T = TypeVar("T")

USER_AGENT = f"Botocore/{botocore_version} claimcheck"
TRIES = 4
# Together they wait about three seconds. If 100 transactions of 8 to 15 ms start at once on one row, half of
# them fail with four tries, and almost none with ten.
CONFLICT_TRIES = 10
BASE = 50  # milliseconds; doubles with each try up to LONGEST, with full jitter
LONGEST = 1000
# The request was not sent: nothing was done.
NO_CONNECTION = (ConnectTimeoutError, EndpointConnectionError)
# The request may have arrived, but its answer did not, or not in full.
NO_ANSWER = (HTTPClientError, BrokenConnection, ChecksumError, FlexibleChecksumError, IncompleteReadError)
# A transaction has the row: nothing was done. (Amazon DynamoDB API Reference, "TransactWriteItems".)
CONFLICTS = frozenset({"TransactionConflict", "TransactionConflictException"})
# Definite refusals: nothing was done (botocore's "Retries" guide, throttling errors).
REFUSALS = CONFLICTS.union(
    ("Throttling", "ThrottlingError", "ThrottlingException", "ThrottledException", "SlowDown"),
    ("RequestThrottled", "RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException"),
    ("ProvisionedThroughputExceeded", "ProvisionedThroughputExceededException", "BandwidthLimitExceeded"),
)
# The request may have worked or be running: a retry can help (the same guide, transient errors).
IN_DOUBT = frozenset().union(
    ("RequestTimeout", "RequestTimeoutException"),
    ("PriorRequestNotComplete", "TransactionInProgressException"),
)


@cache
def session() -> Session:
    return Session()


def make_client(
    service: str, *, read_timeout: float = 3, endpoint_url: str | None = None, emulated: bool = False
) -> Any:
    """Return a client. `read_timeout` is in seconds. An `endpoint_url` of None is the service's own, or an
    emulator's if `emulated`: the SDK itself reads AWS_ENDPOINT_URL."""
    config = Config(
        connect_timeout=1,
        read_timeout=read_timeout,
        retries={"total_max_attempts": 1},
        # A sweep reads all shards in parallel.
        max_pool_connections=SHARDS,
        # botocore would build its own for each call, a fifth of the call's work.
        user_agent=USER_AGENT,
        # Only signature version 4 URLs are accepted in every region.
        signature_version="s3v4" if service == "s3" else None,
        # Presigned URLs of the regional endpoint. The global one redirects, which breaks the signature
        # ("Virtual hosting of general purpose buckets"). An emulator has no host for each bucket.
        s3={"addressing_style": "auto" if emulated else "virtual"},
    )
    # AWS_CA_BUNDLE has only Amazon's authorities, so other endpoints need the system's.
    verify = None if endpoint_url is None else True
    return session().create_client(service, endpoint_url=endpoint_url, verify=verify, config=config)


class Service:
    def __init__(self, client: Any, clock: Clock, randomness: Randomness) -> None:
        self.client = client
        self._clock = clock
        self._randomness = randomness

    def call(self, operation: Callable[..., T], /, stop_at_conflict: bool = False, **params: Any) -> T:
        """Call a method of the client, with retries after transient errors.

        `stop_at_conflict` allows no retry after a transaction conflict.
        Raises: Unavailable if no try is known to have worked; ClientError if a retry would not help.
        """
        try:
            return self.call_once(operation, stop_at_conflict=stop_at_conflict, **params)
        except OutcomeUnknown as error:
            raise Unavailable from error

    def call_once(
        self,
        operation: Callable[..., T],
        /,
        stop_in_doubt: bool = False,
        stop_at_conflict: bool = False,
        **params: Any,
    ) -> T:
        """Call as `call` does. `stop_in_doubt` allows no retry after a try that may have worked.

        Raises: OutcomeUnknown if a try may have worked; Unavailable if no try has; ClientError.
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
                if not _is_passing(error) or (stop_at_conflict and not ambiguous and is_conflict(error)):
                    raise
                last, ambiguous = error, ambiguous or not _is_refusal(error)
            failures += not is_conflict(last)
            if failures == TRIES or (ambiguous and stop_in_doubt):
                break
        failed = code_of(last) if isinstance(last, ClientError) else type(last).__name__
        warn("AWS did not do it", operation=getattr(operation, "__name__", "?"), error=failed)
        raise (OutcomeUnknown if ambiguous else Unavailable) from last

    def pause(self, number: int) -> None:
        self._clock.sleep(self._randomness.below(min(BASE * 2**number, LONGEST)))


def code_of(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def cancellation_reasons(error: ClientError) -> list[dict[str, Any]]:
    """Return why a transaction was cancelled: one reason for each of its items."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return reasons


def _is_refusal(error: ClientError) -> bool:
    return not _codes_in(error).isdisjoint(REFUSALS)


def is_conflict(error: Exception) -> bool:
    return isinstance(error, ClientError) and not _codes_in(error).isdisjoint(CONFLICTS)


def _codes_in(error: ClientError) -> set[str]:
    return {code_of(error), *(reason.get("Code", "") for reason in cancellation_reasons(error))}


def _is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _is_refusal(error) or status >= 500 or code_of(error) in IN_DOUBT
