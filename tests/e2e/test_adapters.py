"""The AWS adapters keep every port's contract on the local stack too, with a second set of the template's
table, queue and bucket, which no function uses."""

import time

import httpx
import pytest

from claimcheck.aws.sqs import wake_up_of
from claimcheck.bootstrap import bootstrap
from tests.contract.suite.adapters import Adapters
from tests.contract.suite.every import *  # noqa: F403 - the tests of this module
from tests.kit.cloud import Cloud


@pytest.fixture(scope="module")
def adapters(cloud: Cloud) -> Adapters:
    engine = bootstrap(cloud.settings)

    def receive() -> list[tuple[str, str]]:
        return [
            (wake_up_of(message["Body"]), message["Attributes"]["MessageGroupId"])
            for message in cloud.receive()
        ]

    return Adapters(
        store=engine.store,
        credits=engine.credits,
        documents=engine.documents,
        schedules=engine.schedule_store,
        flows=engine.flow_store,
        keys=engine.keys,
        queue=engine.queue,
        objects=engine.objects,
        files=engine.files,
        receive=receive,
        let_pass=time.sleep,
        fetch=lambda url: httpx.get(url, trust_env=False).text,
        send=lambda url, headers, content: (
            httpx.put(url, headers=headers, content=content, trust_env=False).status_code
        ),
    )
