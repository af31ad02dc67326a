"""The fault of each request, and the pytest marks that cover all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import wire

if TYPE_CHECKING:
    from tests.kit.wire import Fault, Plan


def once(fault: Fault) -> Plan:
    return lambda number, operation: fault if number == 0 else None


def always(fault: Fault) -> Plan:
    return lambda number, operation: fault


def name(fault: Fault) -> str:
    return fault.__name__


every_fault = pytest.mark.parametrize("fault", wire.FAULTS, ids=name)
every_refusal = pytest.mark.parametrize("fault", wire.REFUSALS, ids=name)
every_doubt = pytest.mark.parametrize("fault", wire.IN_DOUBT, ids=name)
