"""All suites at once, for a module with a fixture `adapters`."""

from tests.contract.suite.credit_store import CreditStoreSuite
from tests.contract.suite.document_store import DocumentStoreSuite
from tests.contract.suite.flow_store import DueFlowsSuite, FlowStoreSuite, LineSuite
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
    "DueFlowsSuite",
    "DueSchedulesSuite",
    "ExecutionsSuite",
    "FlowStoreSuite",
    "JobListsSuite",
    "JobStoreSuite",
    "KeyStoreSuite",
    "LineSuite",
    "ObjectStoreSuite",
    "ReplacementSuite",
    "ReservationSuite",
    "ScheduleStoreSuite",
    "WakeUpQueueSuite",
]
