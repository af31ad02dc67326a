"""Calling AWS: one botocore session, one place that repeats calls and reads AWS's refusals.

botocore's own retries are off, because they hide what matters here: whether a call that failed
in the end may have worked before.
"""

from __future__ import annotations

import random
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)
from botocore.session import Session

from claimcheck.errors import OutcomeUnknown, Unavailable
from claimcheck.observability import warn

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES = 4
BASE = 0.05  # seconds; doubles with each try, with full jitter
# Definite refusals: nothing was done. (AWS service error codes for throttling: botocore's
# "Retries" guide lists them; the transaction ones are from "TransactWriteItems".)
REFUSALS = frozenset(
    {
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
        "TransactionConflict",
        "TransactionConflictException",
    }
)


@cache
def _session() -> Session:
    return Session()


def make_client(service: str) -> Any:
    config = Config(
        connect_timeout=1,
        read_timeout=3,
        retries={"total_max_attempts": 1},
        # Only signature version 4 URLs are accepted in every region.
        signature_version="s3v4" if service == "s3" else None,
    )
    return _session().create_client(service, config=config)


def call(
    operation: Callable[..., Any], /, *, sleep: Callable[[float], None] = time.sleep, **params: Any
) -> Any:
    """Call a client's method, again when AWS refuses for now or does not answer.

    Raises: Unavailable when every try was refused; OutcomeUnknown when one of them may have
    worked; ClientError for whatever trying again would not change.
    """
    ambiguous = False
    for number in range(TRIES):
        if number:
            sleep(random.uniform(0, BASE * 2**number))  # noqa: S311 - spreads retries, guards nothing
        try:
            return operation(**params)
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            last: Exception = error
        except HTTPClientError as error:
            last, ambiguous = error, True
        except ClientError as error:
            if not _is_passing(error):
                raise
            last, ambiguous = error, ambiguous or not _is_refusal(error)
    warn("AWS did not do it", operation=getattr(operation, "__name__", "?"), error=_code(last))
    raise (OutcomeUnknown if ambiguous else Unavailable) from last


def code_of(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def cancellation_reasons(error: ClientError) -> list[dict[str, Any]]:
    """Why a transaction was cancelled, one reason for each of its items."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return reasons


def _is_refusal(error: ClientError) -> bool:
    codes = {code_of(error), *(reason.get("Code") for reason in cancellation_reasons(error))}
    return not codes.isdisjoint(REFUSALS)


def _is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _is_refusal(error) or status >= 500 or code_of(error) == "TransactionInProgressException"


def _code(error: Exception) -> str:
    return code_of(error) if isinstance(error, ClientError) else type(error).__name__
