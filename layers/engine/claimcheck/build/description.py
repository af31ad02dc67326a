"""The API's description, of a deployment with these apps."""

import importlib
from collections.abc import Iterable, Mapping

from apps import index
from claimcheck.authoring.catalog import Catalog
from claimcheck.canonical.described import reference
from claimcheck.http.contract import Dialect
from claimcheck.installed import ENDPOINTS
from claimcheck.openapi import document
from claimcheck.openapi.reference import Describe, Schema


def describe(
    dialects: Iterable[Dialect],
    catalog: Catalog,
    endpoints: Mapping[str, Mapping[str, str]] = ENDPOINTS,
    references: Mapping[str, Describe] | None = None,
) -> Schema:
    """Return an OpenAPI 3.1 document. The default `references` are those of the apps.

    Raises: ValueError, as `openapi.document.describe` does.
    """
    return document.describe(dialects, catalog, endpoints, references or find_references())


def find_references() -> dict[str, Describe]:
    """Return each dialect's description, by name. No function carries these."""
    found: dict[str, Describe] = {"canonical": reference.reference}
    for module in index.DIALECTS:
        name = importlib.import_module(module).DIALECT.name
        found[name] = importlib.import_module(f"{module}.described.reference").reference
    return found
