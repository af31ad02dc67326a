"""All suites at once, for a module with a fixture `adapters`."""

from tests.contract.suite.credit_store import CreditStoreSuite
from tests.contract.suite.document_store import DocumentStoreSuite
from tests.contract.suite.file_store import FileStoreSuite
from tests.contract.suite.flow_store import DueFlowsSuite, FlowStoreSuite, LineSuite
from tests.contract.suite.job_lists import (
    DeliveriesSuite,
    ExecutionsSuite,
    FailedJobsSuite,
    JobListsSuite,
)
from tests.contract.suite.job_store import JobStoreSuite, ReplacementSuite, ReservationSuite, RetrySuite
from tests.contract.suite.key_store import KeyStoreSuite
from tests.contract.suite.object_store import ObjectStoreSuite
from tests.contract.suite.schedule_store import DueSchedulesSuite, ScheduleStoreSuite
from tests.contract.suite.unique_names import LaterReservationSuite, UniqueNameSuite
from tests.contract.suite.wake_up_queue import WakeUpQueueSuite

__all__ = [
    "CreditStoreSuite",
    "DeliveriesSuite",
    "DocumentStoreSuite",
    "DueFlowsSuite",
    "DueSchedulesSuite",
    "ExecutionsSuite",
    "FailedJobsSuite",
    "FileStoreSuite",
    "FlowStoreSuite",
    "JobListsSuite",
    "JobStoreSuite",
    "KeyStoreSuite",
    "LaterReservationSuite",
    "LineSuite",
    "ObjectStoreSuite",
    "ReplacementSuite",
    "ReservationSuite",
    "RetrySuite",
    "ScheduleStoreSuite",
    "UniqueNameSuite",
    "WakeUpQueueSuite",
]
