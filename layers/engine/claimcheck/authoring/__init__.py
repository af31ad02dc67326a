"""The imports for authors of job types."""

from claimcheck.authoring.catalog import Flow, JobModel, JobType, at_most
from claimcheck.authoring.context import JobContext, Tools
from claimcheck.authoring.files import File, FileRef, at_most_bytes
from claimcheck.authoring.generation import DATA_RULE, enclosed, generate, shown
from claimcheck.domain.errors import FieldError, Unavailable, UnsupportedLanguage
from claimcheck.domain.flows import Rate
from claimcheck.domain.outcome import Again, Fail, Outcome, Retry
from claimcheck.domain.retry import RetryPolicy

__all__ = [
    "DATA_RULE",
    "Again",
    "Fail",
    "FieldError",
    "File",
    "FileRef",
    "Flow",
    "JobContext",
    "JobModel",
    "JobType",
    "Outcome",
    "Rate",
    "Retry",
    "RetryPolicy",
    "Tools",
    "Unavailable",
    "UnsupportedLanguage",
    "at_most",
    "at_most_bytes",
    "enclosed",
    "generate",
    "shown",
]
