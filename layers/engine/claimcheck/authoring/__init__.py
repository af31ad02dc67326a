"""The imports for authors of job types. What only some types need is loaded when one of them imports it."""

import importlib
from typing import TYPE_CHECKING, Any

from claimcheck.authoring.catalog import JobModel, JobType, at_most
from claimcheck.authoring.context import JobContext, Tools
from claimcheck.domain.errors import FieldError, Unavailable, UnsupportedLanguage
from claimcheck.domain.outcome import Again, Fail, Outcome, Retry
from claimcheck.domain.retry import RetryPolicy

if TYPE_CHECKING:
    from claimcheck.authoring.files import File, FileRef, at_most_bytes
    from claimcheck.authoring.flow import Flow
    from claimcheck.authoring.generation import DATA_RULE, enclosed, generate, shown
    from claimcheck.domain.flows import Rate

LATER = {
    "claimcheck.authoring.files": ("File", "FileRef", "at_most_bytes"),
    "claimcheck.authoring.flow": ("Flow", "Rate"),
    "claimcheck.authoring.generation": ("DATA_RULE", "enclosed", "generate", "shown"),
}

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


def __getattr__(name: str) -> Any:
    for module, names in LATER.items():
        if name in names:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
