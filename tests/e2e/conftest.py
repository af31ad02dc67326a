"""A deployment for these tests alone: the project, and two job types dropped into a copy of it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from claimcheck import aws
from local import stack
from local.deploy import SOURCES
from local.keys import create_key
from local.stack import PROJECT, Stack
from tests.cloud import Cloud, deploy
from tests.e2e.client import Client
from tests.news import STORIES, NewsSearch

ADDED = Path(__file__).with_name("added")
PLENTY = 1_000_000
"""Requests a minute: these tests are in a hurry."""


@pytest.fixture(scope="session")
def news() -> Iterator[NewsSearch]:
    """What screenings search."""
    with NewsSearch(STORIES) as search:
        yield search


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, news: NewsSearch) -> Iterator[Stack]:
    """Adding a job type takes two files: nothing else of the project is touched."""
    copy = tmp_path_factory.mktemp("project")
    for name in (*SOURCES, "samconfig.toml"):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    shutil.copytree(ADDED, copy, dirs_exist_ok=True)
    with stack.running(copy, WorkerMaxConcurrency="8", NewsUrl=news.url) as running:
        yield running


@pytest.fixture(scope="session")
def client_of(deployed: Stack) -> Iterator[Callable[..., Client]]:
    """Makes a client of an org with a new key of its own."""
    made: list[Client] = []

    def make(org: str, **options: object) -> Client:
        made.append(Client(deployed.api_url, create_key(deployed, org, **{"limit": PLENTY} | options)))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def acme(client_of: Callable[..., Client]) -> Client:
    return client_of("acme")


@pytest.fixture(scope="module")
def cloud(deployed: Stack) -> Iterator[Cloud]:
    """The template's table, queue and bucket once more, where no function looks."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in deployed.endpoint.environ.items():
            patch.setenv(name, value)
        # A session remembers the credentials that it was made under.
        aws.session.cache_clear()
        yield deploy()
        aws.session.cache_clear()
