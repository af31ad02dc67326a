"""The index of apps, which every test needs, a server to call, and how property tests draw their examples.

Examples are the same in every run. In `make soak` they are fresh, and more.
"""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from claimcheck.build.apps import read_apps
from claimcheck.build.index import write_index
from tests.kit.upstream import Upstream

pytest_plugins = ["tests.kit.deployed_stack", "tests.kit.side_by_side"]

APPS = Path(__file__).parent / "apps"
write_index(read_apps(APPS), APPS / "index.py")

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "repeatable")

# A slow machine is no failure. Without a database no run depends on an earlier one.
settings.register_profile(
    "fresh",
    max_examples=200,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# What these examples can find, they have found in the first run.
settings.register_profile("repeatable", settings.get_profile("fresh"), derandomize=True, max_examples=40)
settings.load_profile(PROFILE)

if PROFILE == "repeatable":
    # Hypothesis also tries the constants of all imported modules, so examples would depend on which
    # other tests run, and on every constant of the project.
    place = "hypothesis.internal.conjecture.providers.is_local_module_file"
    pytest.MonkeyPatch().setattr(place, lambda path: False)


gc.set_threshold(20_000, 50, 100)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while tests are collected. Afterwards pass over it and what all tests share."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        yield server


@pytest.fixture
def receiver(upstream: Upstream) -> Upstream:
    """Return the same server, as the receiver of callbacks."""
    return upstream
