"""One adapter of each port, and helpers that only tests need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from claimcheck.aws.sqs import wake_up_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimcheck.bootstrap import Engine
    from claimcheck.domain.ports import (
        CreditStore,
        DocumentStore,
        FileStore,
        FlowStore,
        JobStore,
        KeyStore,
        ObjectStore,
        ScheduleStore,
        WakeUpQueue,
    )
    from tests.kit.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """`receive` takes every visible wake-up off the queue, as (job id, org). `let_pass` lets seconds pass for
    the queue. `fetch` reads a URL without credentials, and `send` puts a file to one and returns the status.
    """

    store: JobStore
    credits: CreditStore
    documents: DocumentStore
    schedules: ScheduleStore
    flows: FlowStore
    keys: KeyStore
    queue: WakeUpQueue
    objects: ObjectStore
    files: FileStore
    receive: Callable[[], list[tuple[str, str]]]
    let_pass: Callable[[int], None]
    fetch: Callable[[str], str]
    send: Callable[[str, Mapping[str, str], bytes], int]


def adapters_of(engine: Engine, cloud: Cloud, **helpers: Any) -> Adapters:
    """Return an engine's adapters for AWS, in front of `cloud`."""
    return Adapters(
        store=engine.store,
        credits=engine.credits,
        documents=engine.documents,
        schedules=engine.schedule_store,
        flows=engine.flow_store,
        keys=engine.keys,
        queue=engine.queue,
        objects=engine.objects,
        files=engine.files,
        receive=lambda: [
            (wake_up_of(message["Body"]), message["Attributes"]["MessageGroupId"])
            for message in cloud.receive()
        ],
        **helpers,
    )
