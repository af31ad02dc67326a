"""Finding what each dialect says of itself. Only the build does so: what serves requests never carries it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from apps import index
from claimcheck.canonical.described import reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.openapi.reference import Reference

    # Given the catalogue, and the job types that the dialect submits, by path.
    Describe = Callable[[Catalog, Mapping[str, JobType]], Reference]


def find_references() -> dict[str, Describe]:
    """By the name of the dialect."""
    found: dict[str, Describe] = {"canonical": reference.reference}
    for module in index.DIALECTS:
        name = importlib.import_module(module).DIALECT.name
        found[name] = importlib.import_module(f"{module}.described.reference").reference
    return found
