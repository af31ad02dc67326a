"""The engine without AWS: memory adapters, a frozen clock, and an engine made of them.

Part of the product: whoever adds a job type tests it with these.
"""

from claimcheck.testing.clock import FrozenClock, SeededRandomness
from claimcheck.testing.context import RecordingContext
from claimcheck.testing.memory import (
    MemoryJobStore,
    MemoryKeyStore,
    MemoryObjectStore,
    MemoryOrgStore,
    MemoryWakeUpQueue,
)

__all__ = [
    "FrozenClock",
    "MemoryJobStore",
    "MemoryKeyStore",
    "MemoryObjectStore",
    "MemoryOrgStore",
    "MemoryWakeUpQueue",
    "RecordingContext",
    "SeededRandomness",
]
