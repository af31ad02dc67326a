"""Whatever a body of 1 MiB can hold, refusing it takes a function little time and memory."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import pytest

from claimcheck.installed import load_catalog

CATALOG = load_catalog()
MANY: dict[str, dict[str, Any]] = {
    "adverse_media_screening": {"subject": {"name": "John Doe"}, "categories": ["FRAUD"] * 100_000},
    "review_simulation": {"project_id": "p", "listings": {str(number): 1 for number in range(90_000)}},
    "http_request": {"url": "https://a.example/", "headers": {str(n): 1 for n in range(90_000)}},
    "listing_localization": {"project_id": "p", "listing": {}, "locales": [1] * 400_000},
    "handoff": {"project": "p", "messages": [1] * 400_000, "open_questions": [1] * 100_000},
}


@pytest.mark.parametrize("name", MANY)
def test_what_is_too_much_is_refused_before_each_of_it_is_looked_at(name: str) -> None:
    job_type = CATALOG.newest(name)
    assert job_type is not None
    tracemalloc.start()
    began = time.process_time()

    wrong = job_type.errors_in(MANY[name])

    taken, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 1 <= len(wrong) <= 20
    assert peak < 64 * 1024 * 1024
    assert taken < 5


def test_a_category_that_is_named_twice_is_refused() -> None:
    job_type = CATALOG.newest("adverse_media_screening")
    assert job_type is not None

    [wrong] = job_type.errors_in({"subject": {"name": "John Doe"}, "categories": ["FRAUD", "FRAUD"]})

    assert (wrong.pointer, wrong.message) == ("/input/categories", "names a category more than once")
