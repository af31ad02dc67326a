"""All suites at once, for a module with a fixture `adapters`."""

from tests.contract.suite.credit_store import CreditStoreSuite
from tests.contract.suite.document_store import DocumentStoreSuite
from tests.contract.suite.file_store import FileStoreSuite
from tests.contract.suite.job_lists import DeliveriesSuite, ExecutionsSuite, JobListsSuite
from tests.contract.suite.job_store import JobStoreSuite, ReplacementSuite, ReservationSuite
from tests.contract.suite.key_store import KeyStoreSuite
from tests.contract.suite.object_store import ObjectStoreSuite
from tests.contract.suite.schedule_store import DueSchedulesSuite, ScheduleStoreSuite
from tests.contract.suite.wake_up_queue import WakeUpQueueSuite

__all__ = [
    "CreditStoreSuite",
    "DeliveriesSuite",
    "DocumentStoreSuite",
    "DueSchedulesSuite",
    "ExecutionsSuite",
    "FileStoreSuite",
    "JobListsSuite",
    "JobStoreSuite",
    "KeyStoreSuite",
    "ObjectStoreSuite",
    "ReplacementSuite",
    "ReservationSuite",
    "ScheduleStoreSuite",
    "WakeUpQueueSuite",
]
