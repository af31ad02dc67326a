"""The AWS adapters keep every port's contract on the local stack too, with a second set of the template's
table, queue and bucket, which no function uses."""

import time

import httpx
import pytest

from claimcheck.bootstrap import bootstrap
from tests.contract.suite.adapters import Adapters, adapters_of
from tests.contract.suite.every import *  # noqa: F403 - the tests of this module
from tests.kit.cloud import Cloud


@pytest.fixture(scope="module")
def adapters(cloud: Cloud) -> Adapters:
    return adapters_of(
        bootstrap(cloud.settings),
        cloud,
        let_pass=time.sleep,
        fetch=lambda url: httpx.get(url, trust_env=False).text,
        send=lambda url, headers, content: (
            httpx.put(url, headers=headers, content=content, trust_env=False).status_code
        ),
    )
