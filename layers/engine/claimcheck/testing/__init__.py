"""Parts for testing job types without AWS: memory adapters, a frozen clock, tools with given answers."""

from claimcheck.testing.clock import FrozenClock, SeededRandomness
from claimcheck.testing.context import RecordingContext, RecordingLog
from claimcheck.testing.files import MemoryFileStore
from claimcheck.testing.flows import MemoryFlowStore
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
from claimcheck.testing.tools import FakeTools, OutboundRequest, ScriptedOutbound, ScriptedTranslator

__all__ = [
    "FakeTools",
    "FrozenClock",
    "MemoryCreditStore",
    "MemoryDocumentStore",
    "MemoryFileStore",
    "MemoryFlowStore",
    "MemoryJobStore",
    "MemoryKeyStore",
    "MemoryObjectStore",
    "MemoryScheduleStore",
    "MemoryWakeUpQueue",
    "ModelRequest",
    "OutboundRequest",
    "RecordingContext",
    "RecordingLog",
    "ScriptedModel",
    "ScriptedOutbound",
    "ScriptedTranslator",
    "SeededRandomness",
]
