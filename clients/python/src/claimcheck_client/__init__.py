"""A client of Claimcheck: submit jobs, wait for them, and verify their callbacks."""

from claimcheck_client._async.callbacks import AsyncCallbacks
from claimcheck_client._async.client import AsyncClaimcheck
from claimcheck_client._async.jobs import AsyncJob
from claimcheck_client._async.named import AsyncFlows, AsyncSchedules
from claimcheck_client._documents import (
    Callback,
    DefaultCallback,
    Delivery,
    Execution,
    FileRef,
    Flow,
    FlowUsage,
    JobDocument,
    JobError,
    Movement,
    NewJob,
    Progress,
    Schedule,
    ScheduleAndRuns,
    Upload,
    Waiting,
)
from claimcheck_client._errors import (
    ApiError,
    ClaimcheckError,
    InvalidSignature,
    JobFailed,
    NoAnswer,
    WaitTimeout,
)
from claimcheck_client._sync.callbacks import Callbacks
from claimcheck_client._sync.client import Claimcheck
from claimcheck_client._sync.jobs import Job
from claimcheck_client._sync.named import Flows, Schedules
from claimcheck_client._webhooks import verify_webhook

__version__ = "0.3.0"
__all__ = [
    "ApiError",
    "AsyncCallbacks",
    "AsyncClaimcheck",
    "AsyncFlows",
    "AsyncJob",
    "AsyncSchedules",
    "Callback",
    "Callbacks",
    "Claimcheck",
    "ClaimcheckError",
    "DefaultCallback",
    "Delivery",
    "Execution",
    "FileRef",
    "Flow",
    "FlowUsage",
    "Flows",
    "InvalidSignature",
    "Job",
    "JobDocument",
    "JobError",
    "JobFailed",
    "Movement",
    "NewJob",
    "NoAnswer",
    "Progress",
    "Schedule",
    "ScheduleAndRuns",
    "Schedules",
    "Upload",
    "WaitTimeout",
    "Waiting",
    "verify_webhook",
]
