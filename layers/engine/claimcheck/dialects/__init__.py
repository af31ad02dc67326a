"""Published wire contracts, one module each, found by being here: each has its `DIALECT`.

The engine knows none of them, and none knows another.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claimcheck.http import Dialect


def find() -> tuple[Dialect, ...]:
    """All of them, in the order in which they are asked whether a path is theirs."""
    modules = (importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__))
    found: list[Dialect] = [module.DIALECT for module in modules]
    return tuple(sorted(found, key=lambda dialect: (dialect.precedence, dialect.name)))


ALL = find()
