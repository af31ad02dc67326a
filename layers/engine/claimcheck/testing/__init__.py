"""Parts for testing job types without AWS: memory adapters, a frozen clock, a scripted model."""

from claimcheck.testing.clock import FrozenClock, SeededRandomness
from claimcheck.testing.context import RecordingContext, RecordingLog
from claimcheck.testing.memory import (
    MemoryCreditStore,
    MemoryDocumentStore,
    MemoryJobStore,
    MemoryKeyStore,
    MemoryObjectStore,
    MemoryScheduleStore,
    MemoryWakeUpQueue,
)
from claimcheck.testing.model import ModelRequest, ScriptedModel

__all__ = [
    "FrozenClock",
    "MemoryCreditStore",
    "MemoryDocumentStore",
    "MemoryJobStore",
    "MemoryKeyStore",
    "MemoryObjectStore",
    "MemoryScheduleStore",
    "MemoryWakeUpQueue",
    "ModelRequest",
    "RecordingContext",
    "RecordingLog",
    "ScriptedModel",
    "SeededRandomness",
]
