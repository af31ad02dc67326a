"""Putting the engine together: adapters and services are built here, each when first asked for.

    engine = bootstrap()                       # the real thing
    engine = bootstrap(store=..., clock=...)   # None means "build the real one"

What is not asked for is neither built nor imported: the poll never sees SQS, S3 or pydantic.
"""

from __future__ import annotations

import importlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from claimcheck.clock import SystemClock, SystemRandomness
from claimcheck.ports import SHARDS
from claimcheck.service.payloads import Payloads
from claimcheck.settings import Settings
from claimcheck.tenancy import Authenticator, RateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.aws import Service
    from claimcheck.catalog import Catalog
    from claimcheck.dynamodb import Table
    from claimcheck.model import Job
    from claimcheck.outbound import Outbound
    from claimcheck.ports import (
        Clock,
        CreditStore,
        DocumentStore,
        JobStore,
        KeyStore,
        LanguageModel,
        ObjectStore,
        Randomness,
        ScheduleStore,
        Translator,
        WakeUpQueue,
    )
    from claimcheck.service.attempt import Handler, Timer
    from claimcheck.service.cancellation import Cancellation
    from claimcheck.service.delivering import Delivering
    from claimcheck.service.firing import Firing
    from claimcheck.service.reading import Reading
    from claimcheck.service.redelivery import Redelivery
    from claimcheck.service.running import Running
    from claimcheck.service.schedules import Schedules
    from claimcheck.service.scheduling import Scheduling
    from claimcheck.service.submission import Submission
    from claimcheck.service.sweeping import Sweeping


class Engine:
    def __init__(
        self, settings: Settings, clock: Clock, randomness: Randomness, openapi: Path, **parts: Any
    ) -> None:
        self._openapi = openapi
        self.settings = settings
        self.clock = clock
        self.randomness = randomness
        # A part given in stands in for the property of its name.
        self.__dict__.update({name: part for name, part in parts.items() if part is not None})

    @cached_property
    def openapi(self) -> str:
        """The API's description, which the build has put beside the function that serves it."""
        return self._openapi.read_text()

    def _service(self, name: str) -> Service:
        from claimcheck.aws import Service, make_client

        return Service(make_client(name), self.clock, self.randomness)

    @cached_property
    def _table(self) -> Table:
        from claimcheck.dynamodb import Table

        return Table(self._service("dynamodb"), self.settings.table_name)

    @cached_property
    def store(self) -> JobStore:
        from claimcheck.dynamodb import DynamoDBJobStore

        return DynamoDBJobStore(self._table)

    @cached_property
    def keys(self) -> KeyStore:
        from claimcheck.dynamodb import DynamoDBKeyStore

        return DynamoDBKeyStore(self._table)

    @cached_property
    def credits(self) -> CreditStore:
        from claimcheck.dynamodb import DynamoDBCreditStore

        return DynamoDBCreditStore(self._table)

    @cached_property
    def schedule_store(self) -> ScheduleStore:
        from claimcheck.dynamodb import DynamoDBScheduleStore

        return DynamoDBScheduleStore(self._table)

    @cached_property
    def queue(self) -> WakeUpQueue:
        from claimcheck.sqs import SQSWakeUpQueue

        return SQSWakeUpQueue(self._service("sqs"), self.settings.queue_url)

    @cached_property
    def objects(self) -> ObjectStore:
        from claimcheck.s3 import S3ObjectStore

        return S3ObjectStore(self._service("s3"), self.settings.bucket_name)

    @cached_property
    def documents(self) -> DocumentStore:
        from claimcheck.dynamodb import DynamoDBDocumentStore

        return DynamoDBDocumentStore(self._table)

    @cached_property
    def outbound(self) -> Outbound:
        from claimcheck.outbound import Outbound

        return Outbound(allow_loopback=self.settings.allow_loopback)

    @cached_property
    def model(self) -> LanguageModel:
        from claimcheck.bedrock import BedrockModel

        return BedrockModel()

    @cached_property
    def translator(self) -> Translator:
        from claimcheck.translate import AmazonTranslator

        return AmazonTranslator(self.settings.translate_url or None, self.clock, self.randomness)

    @cached_property
    def catalog(self) -> Catalog:
        from claimcheck.catalog import load_catalog

        return load_catalog(worker_timeout=self.settings.worker_timeout)

    @cached_property
    def payloads(self) -> Payloads:
        return Payloads(lambda: self.objects, self.randomness)

    @cached_property
    def authenticator(self) -> Authenticator:
        return Authenticator(self.keys, self.clock)

    @cached_property
    def limiter(self) -> RateLimiter:
        return RateLimiter(self.keys, self.clock)

    @cached_property
    def reading(self) -> Reading:
        from claimcheck.service.reading import Reading

        return Reading(self.store, self.payloads, self.clock)

    @cached_property
    def submission(self) -> Submission:
        from claimcheck.service.submission import Submission

        return Submission(
            self.store,
            self.queue,
            self.payloads,
            self.catalog,
            self.clock,
            self.randomness,
            lambda: self.documents,
            allow_loopback=self.settings.allow_loopback,
        )

    @cached_property
    def cancellation(self) -> Cancellation:
        from claimcheck.service.cancellation import Cancellation

        return Cancellation(self.store, self.queue, self.reading, self.clock, self.randomness)

    @cached_property
    def redelivery(self) -> Redelivery:
        from claimcheck.service.redelivery import Redelivery

        return Redelivery(self.store, self.queue, self.reading, self.clock, self.randomness)

    @cached_property
    def schedules(self) -> Schedules:
        from claimcheck.service.schedules import Schedules

        return Schedules(self.schedule_store, self.reading)

    @cached_property
    def scheduling(self) -> Scheduling:
        from claimcheck.service.scheduling import Scheduling

        return Scheduling(
            self.schedule_store, self.submission, self.cancellation, self.clock, self.randomness
        )

    @cached_property
    def firing(self) -> Firing:
        from claimcheck.service.firing import Firing

        # Made here and not by the first large input: a session makes no clients in threads side by side
        # (boto3's guide "Session", "Multithreading or multiprocessing with sessions").
        self.objects  # noqa: B018
        return Firing(self.schedule_store, self.submission, self.scheduling, self.clock, self.randomness)

    @cached_property
    def running(self) -> Running:
        from claimcheck.service.attempt import Attempts
        from claimcheck.service.running import Running

        attempts = Attempts(
            self.store, self.payloads, self.find_handler, self.clock, self.randomness, self, self.timer
        )
        return Running(
            self.store, self.queue, attempts, self.delivering, self.catalog, self.clock, self.randomness
        )

    @cached_property
    def delivering(self) -> Delivering:
        from claimcheck.service.delivering import Delivering

        return Delivering(
            self.store,
            self.queue,
            lambda: self.documents,
            lambda: self.outbound,
            self.callback_body,
            self.clock,
            self.randomness,
        )

    def callback_body(self, job: Job) -> str:
        """What a callback is sent: the job as `GET /v1/jobs/{job_id}` shows it, whichever dialect made it."""
        from claimcheck.dialects.canonical import document_of

        return document_of(job, self.reading.shown_result(job))

    @cached_property
    def timer(self) -> Timer:
        from claimcheck.service.timer import limit

        return limit

    @cached_property
    def sweeping(self) -> Sweeping:
        from threading import Lock

        from claimcheck.service.sweeping import Sweeping

        alone = Lock()

        def firing() -> Firing:
            """Loaded when a schedule is due, for most sweeps find none; once for all shards."""
            with alone:
                return self.firing

        return Sweeping(self.store, self.queue, firing, self.clock, self.randomness, self.spread)

    @cached_property
    def spread(self) -> Callable[..., Any]:
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(SHARDS).map

    def find_handler(self, name: str) -> Handler | None:
        """The function `handle` of the worker's module `handlers.<name>`, or None if there is none."""
        try:
            module = importlib.import_module(f"handlers.{name}")
        except ModuleNotFoundError as error:
            if error.name not in ("handlers", f"handlers.{name}"):
                raise
            return None
        handler: Handler = module.handle
        return handler


class Parts(TypedDict, total=False):
    """What can be given in, by the name of the property that it stands in for."""

    store: JobStore | None
    keys: KeyStore | None
    credits: CreditStore | None
    schedule_store: ScheduleStore | None
    queue: WakeUpQueue | None
    objects: ObjectStore | None
    documents: DocumentStore | None
    outbound: Outbound | None
    model: LanguageModel | None
    translator: Translator | None
    catalog: Catalog | None
    find_handler: Callable[[str], Handler | None] | None
    spread: Callable[..., Any] | None
    timer: Timer | None


def bootstrap(
    settings: Settings | None = None,
    clock: Clock | None = None,
    randomness: Randomness | None = None,
    *,
    openapi: Path = Path("openapi.json"),
    **parts: Unpack[Parts],
) -> Engine:
    return Engine(
        settings or Settings.read(),
        clock or SystemClock(),
        randomness or SystemRandomness(),
        openapi,
        **parts,
    )
