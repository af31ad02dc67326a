"""The apps of this deployment, from the index that the build writes. No folder is scanned at start-up."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

from apps import index

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import Catalog
    from claimcheck.http.contract import Dialect, Endpoints
    from claimcheck.service.attempt import Handler


ENDPOINTS: Endpoints = index.ENDPOINTS


@cache
def dialects() -> tuple[Dialect, ...]:
    """Return the canonical dialect and those of apps, in their order of precedence."""
    modules = ("claimcheck.canonical.endpoints", *index.DIALECTS)
    found: list[Dialect] = [importlib.import_module(module).DIALECT for module in modules]
    return tuple(sorted(found, key=lambda dialect: (dialect.precedence, dialect.name)))


def load_catalog(worker_timeout: int | None = None) -> Catalog:
    """Return all job types. Raises: ValueError if one does not fit into `worker_timeout` seconds."""
    from claimcheck.authoring.catalog import Catalog, Declaration

    declared = [Declaration(*each) for each in index.JOB_TYPES]
    return Catalog(declared) if worker_timeout is None else Catalog(declared, worker_timeout)


def find_handler(name: str) -> Handler | None:
    module = index.HANDLERS.get(name)
    if module is None:
        return None
    handler: Handler = importlib.import_module(module).handle
    return handler
