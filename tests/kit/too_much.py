"""Refusing any body of up to 1 MiB takes a function little time and memory."""

from __future__ import annotations

import time
import tracemalloc
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from claimcheck.authoring import JobType


def assert_refused_cheaply(job_type: JobType, given: dict[str, Any]) -> None:
    """Assert that an input with too many parts is refused before each part is read."""
    tracemalloc.start()
    began = time.process_time()

    wrong = job_type.errors_in(given)

    taken, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 1 <= len(wrong) <= 20
    assert peak < 64 * 1024 * 1024
    assert taken < 5
