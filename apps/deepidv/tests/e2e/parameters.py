"""The news search of the end-to-end tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from apps.deepidv.tests.news import STORIES, NewsSearch


@contextmanager
def parameters() -> Iterator[dict[str, str]]:
    with NewsSearch(STORIES) as search:
        yield {"NewsUrl": search.url}
