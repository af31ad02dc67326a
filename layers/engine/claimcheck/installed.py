"""The apps of this deployment, from the index that the build writes. No folder is scanned at start-up."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING, Any

from apps import index

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import Catalog
    from claimcheck.authoring.context import JobContext
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
    from claimcheck.authoring.catalog import ENGINE_TYPES, Catalog, Declaration

    declared = [*(Declaration(*each) for each in index.JOB_TYPES), *ENGINE_TYPES]
    return Catalog(declared) if worker_timeout is None else Catalog(declared, worker_timeout)


def find_app(job_type: str) -> str:
    """Return the app of a job type, or an empty text if there is no such type."""
    return index.HANDLERS.get(job_type, "..").split(".")[1]


def find_handler(name: str) -> Handler | None:
    """Return the handler of a job type, which imports its module when it is called.

    So a module that fails or hangs costs an attempt of its job, and other job types run.
    """
    module = index.HANDLERS.get(name)
    if module is None:
        return None

    from claimcheck.domain.observability import failure
    from claimcheck.domain.outcome import Retry

    def handle(given: Any, job: JobContext) -> Any:
        try:
            handler: Handler = importlib.import_module(module).handle
        except (Exception, SystemExit) as error:
            known = {"job_id": job.job_id, "type": name, "attempt": job.attempt, **job.trace}
            failure("handler not loaded", **known, handler=module)
            raise Retry(message="The handler could not be loaded.", code="handler_unavailable") from error
        return handler(given, job)

    return handle
