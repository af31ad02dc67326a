"""The contract of every port, for all of its adapters.

A test module chooses the adapters by a fixture, and imports the suites beside it:

    from tests.contract.suite.every import *

    @pytest.fixture(scope="module")
    def adapters() -> Adapters: ...

Other tests may use the same store at the same time: every test keeps to jobs, orgs and keys of its
own, and to times far in the future, where no sweeper comes and no TTL deletes.
"""

import pytest

for _suite in (
    "job_lists",
    "job_store",
    "key_store",
    "object_store",
    "credit_store",
    "wake_up_queue",
    "schedule_store",
    "unique_names",
):
    pytest.register_assert_rewrite(f"{__name__}.{_suite}")
