"""The AWS adapters keep every port's contract, on the template's table, queue and bucket in moto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
import requests  # type: ignore[import-untyped]
from hypothesis import given

from claimcheck.aws.dynamodb import rows
from claimcheck.bootstrap import Engine, bootstrap
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND, Job
from claimcheck.domain.keys import Window
from claimcheck.service.callbacks.signing import issue_secret, secrets_of
from claimcheck.testing import FrozenClock
from tests.contract.suite.adapters import Adapters, adapters_of
from tests.contract.suite.every import *  # noqa: F403 - the tests of this module
from tests.kit.cloud import Cloud, moto_cloud, queue_time
from tests.kit.deployment import properties
from tests.kit.jobs import (
    NOW,
    RANDOMNESS,
    any_job,
    claimed,
    ended,
    execution,
    new_job,
    new_org,
    record,
    reserve,
)
from tests.kit.measuring.capacity import item_size

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="module")
def cloud(clock: FrozenClock) -> Iterator[Cloud]:
    with moto_cloud() as cloud, queue_time(clock):
        yield cloud


@pytest.fixture(scope="module")
def engine(cloud: Cloud, clock: FrozenClock) -> Engine:
    return bootstrap(cloud.settings, clock)


@pytest.fixture(scope="module")
def adapters(cloud: Cloud, engine: Engine, clock: FrozenClock) -> Adapters:
    return adapters_of(
        engine,
        cloud,
        let_pass=lambda seconds: clock.advance(seconds * SECOND),
        fetch=lambda url: str(requests.get(url, timeout=5).content.decode()),
        send=lambda url, headers, content: int(
            requests.put(url, content, headers=dict(headers), timeout=5).status_code
        ),
    )


# What only AWS has: TTL of rows, and presigned URLs.


def row(cloud: Cloud, pk: str, sk: str) -> dict[str, Any]:
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    answer = cloud.dynamodb.get_item(TableName=cloud.table_name, Key=key)
    return dict(answer["Item"])


def seconds(at: int) -> dict[str, str]:
    return {"N": str(at // SECOND)}


def test_rows_expire_by_the_attribute_that_the_template_names() -> None:
    assert properties("Table")["TimeToLiveSpecification"] == {"AttributeName": "delete_at", "Enabled": True}


def test_a_job_row_may_be_deleted_only_once_nothing_is_due(cloud: Cloud, engine: Engine) -> None:
    job = new_job()
    running = claimed(job)
    over = ended(running)

    rows = []
    engine.store.insert(job, None, None)
    rows.append(row(cloud, f"JOB#{job.job_id}", "JOB"))
    for old, new in (job, running), (running, over):
        engine.store.replace(old, new)
        rows.append(row(cloud, f"JOB#{job.job_id}", "JOB"))

    assert over.expires_at is not None
    assert ["due_at" in each for each in rows] == [True, True, False]
    assert ["due_shard" in each for each in rows] == [True, True, False]
    assert [each.get("delete_at") for each in rows] == [None, None, seconds(over.expires_at)]


@given(job=any_job())
def test_due_rows_are_never_deleted(job: Job) -> None:
    item = rows.job_item(job)

    assert not ("due_at" in item and "delete_at" in item)


def test_nothing_is_deleted_before_the_second_in_which_it_expires(cloud: Cloud, engine: Engine) -> None:
    job = new_job()
    over = job.ended(NOW + 1).evolve(written_by=RANDOMNESS.token())
    engine.store.insert(job, None, None)
    engine.store.replace(job, over)

    stored = row(cloud, f"JOB#{job.job_id}", "JOB")

    assert stored["delete_at"] == seconds(NOW + DAY + SECOND)


def test_rows_of_a_job_are_kept_as_long_as_they_are_needed(cloud: Cloud, engine: Engine) -> None:
    job = new_job()
    engine.store.insert(job, "key", reserve(job, expires_at=NOW + 7 * DAY))
    record(engine.store, job, execution(7))

    reservation = row(cloud, f"IDEM#{job.org}#key", "IDEM")
    recorded = row(cloud, f"JOB#{job.job_id}", "EXEC#000000000007")

    assert reservation["delete_at"] == seconds(NOW + 7 * DAY)
    assert recorded["delete_at"] == seconds(job.deadline + job.retention)


def test_the_use_of_a_key_is_a_row_for_each_hour_and_day_and_is_kept_for_90_days(
    cloud: Cloud, engine: Engine
) -> None:
    key_hash = RANDOMNESS.token()
    for minute in range(60):
        engine.keys.take(key_hash, Window.at(NOW + minute * MINUTE, MINUTE), 100_000, 100_000)
    engine.keys.take(key_hash, Window.at(NOW, DAY), 1, 10)

    hour = row(cloud, f"RATE#{key_hash}", f"HOUR#{NOW // HOUR:09}")
    day = row(cloud, f"RATE#{key_hash}", f"DAY#{NOW // DAY:09}")

    assert hour["delete_at"] == seconds(NOW + HOUR + 90 * DAY)
    assert day["delete_at"] == seconds(NOW + DAY + 90 * DAY)
    # A write of up to 1 KB costs one unit ("Amazon DynamoDB read and write operations").
    assert item_size(hour) < 1024


def test_a_url_is_signed_for_one_object_and_five_minutes(cloud: Cloud, engine: Engine) -> None:
    url = urlsplit(engine.objects.url("a-job/result-token.json"))
    signed = parse_qs(url.query)

    assert url.scheme == "https"
    assert f"{url.hostname}{url.path}" == f"{cloud.bucket_name}.s3.amazonaws.com/a-job/result-token.json"
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert signed["X-Amz-Expires"] == ["300"]
    assert signed["X-Amz-SignedHeaders"] == ["host"]


def test_a_secret_has_a_partition_of_its_own_and_one_of_an_older_version_is_still_valid(
    cloud: Cloud, engine: Engine
) -> None:
    org = new_org()
    old = rows.org_key(org) | {"sk": {"S": "SECRET#000000000000001#a"}, "document": {"S": "whsec_old"}}
    engine._table.call("put_item", Item=old)
    assert secrets_of(engine.documents, org) == ["whsec_old"]

    new = issue_secret(engine.documents, org, NOW)

    assert secrets_of(engine.documents, org) == [new, "whsec_old"]
    found = engine._table.rows_of({"S": f"SECRET#{org}"}, "SECRET#")
    assert [item["document"]["S"] for item in found] == ["whsec_old", new]


def test_a_copy_of_secrets_that_stops_midway_keeps_the_newest(cloud: Cloud, engine: Engine) -> None:
    org = new_org()
    for number, secret in enumerate(["", "whsec_b", "whsec_c"]):
        sk = {"sk": {"S": f"SECRET#{number:015}#a"}, "document": {"S": secret}}
        engine._table.call("put_item", Item=rows.org_key(org) | sk)
    put, done = engine.documents.put, list[str]()

    def put_one(*document: str) -> None:
        if done:
            raise Unavailable
        put(*document)
        done.append(document[2])

    with patch.object(engine.documents, "put", put_one), pytest.raises(Unavailable):
        issue_secret(engine.documents, org, NOW)

    assert secrets_of(engine.documents, org) == ["whsec_c"]
