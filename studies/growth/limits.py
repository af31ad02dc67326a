"""AWS's limits, each with the page that documents it. The pages were read in July 2026."""

from __future__ import annotations

from typing import NamedTuple


class Limit(NamedTuple):
    """AWS raises an `adjustable` limit on request."""

    value: int
    unit: str
    what: str
    source: str
    adjustable: bool = False


# Sources of several limits.
PARTITIONS = (
    "Amazon DynamoDB Developer Guide, Best practices for designing and using partition keys effectively"
)
QUOTAS = "Amazon DynamoDB Developer Guide, Quotas in Amazon DynamoDB"
POLLERS = "AWS Lambda Developer Guide, Configuring scaling behavior for SQS event source mappings"
PROVISIONED = (
    "AWS News Blog, AWS Lambda enhances event processing with provisioned mode for SQS event-source mapping"
)

PARTITION_WRITES = Limit(
    1_000, "write units/s", "one partition of a table or index, and so one key", PARTITIONS
)
PARTITION_READS = Limit(
    3_000, "read units/s", "one partition of a table or index, and so one key", PARTITIONS
)
TABLE_WRITES = Limit(
    40_000, "write units/s", "an on-demand table, and each of its indexes", QUOTAS, adjustable=True
)
TABLE_READS = Limit(
    40_000, "read units/s", "an on-demand table, and each of its indexes", QUOTAS, adjustable=True
)
NEW_TABLE_WRITES = Limit(
    4_000,
    "write units/s",
    "a new on-demand table or index; more than twice the previous peak within 30 minutes may be throttled",
    "Amazon DynamoDB Developer Guide, Understanding DynamoDB warm throughput in different scenarios",
    adjustable=True,
)
GROWTH_PERIOD = Limit(
    30 * 60,
    "s",
    "the time in which an on-demand table can double its peak",
    "Amazon DynamoDB Developer Guide, Understanding DynamoDB warm throughput",
)
IN_FLIGHT = Limit(
    120_000,
    "messages",
    "received from a standard queue and not deleted yet",
    "Amazon SQS Developer Guide, Quotas related to queues",
)
POLLERS_AT_FIRST = Limit(
    5, "invocations", "at once, of an event source mapping that starts to read its queue", POLLERS
)
POLLERS_GROWTH = Limit(300, "invocations/min", "added by a mapping while messages wait", POLLERS)
POLLERS_MOST = Limit(1_250, "invocations", "at once, of a mapping without `MaximumConcurrency`", POLLERS)
PROVISIONED_GROWTH = Limit(1_000, "invocations/min", "added by a mapping in provisioned mode", PROVISIONED)
PROVISIONED_MOST = Limit(20_000, "invocations", "at once, of a mapping in provisioned mode", PROVISIONED)
CONCURRENCY = Limit(
    1_000,
    "invocations",
    "at once, of all functions of an account in a region",
    "AWS Lambda Developer Guide, Lambda quotas",
    adjustable=True,
)
CONCURRENCY_GROWTH = Limit(
    1_000, "environments/10 s", "added by one function", "AWS Lambda Developer Guide, Lambda scaling behavior"
)
API_REQUESTS = Limit(
    10_000,
    "requests/s",
    "all APIs of an account in a region, with a burst of 5,000",
    "Amazon API Gateway Developer Guide, Amazon API Gateway quotas",
    adjustable=True,
)
