"""The engine: adapters and services, each built on first use.

    engine = bootstrap()                       # the real parts
    engine = bootstrap(store=..., clock=...)   # with substitutes for these

Any property of `Engine` can be substituted; `None` means the real part. Unused parts are neither built nor
imported, so a poll loads no SQS, S3 or pydantic.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

from claimcheck.domain.clock import SystemClock, SystemRandomness
from claimcheck.domain.json_text import compact
from claimcheck.domain.ports import SHARDS
from claimcheck.service.payloads import Payloads
from claimcheck.settings import Settings, base_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.catalog import Catalog
    from claimcheck.aws.calls import Service
    from claimcheck.aws.dynamodb.table import Table
    from claimcheck.aws.erasure import Erasure
    from claimcheck.domain.job import Job
    from claimcheck.domain.ports import (
        Clock,
        CreditStore,
        DocumentStore,
        FileStore,
        FlowStore,
        JobStore,
        KeyStore,
        LanguageModel,
        ObjectStore,
        Randomness,
        ScheduleStore,
        SecretStore,
        Translator,
        WakeUpQueue,
    )
    from claimcheck.http.admission import Authenticator, DailyLimiter, RateLimiter
    from claimcheck.outbound import Outbound
    from claimcheck.service.attempt import Handler, Timer
    from claimcheck.service.batches import BatchSubmission
    from claimcheck.service.bulk import Bulk
    from claimcheck.service.callbacks.sender import CallbackSender
    from claimcheck.service.callbacks.settings import CallbackSettings
    from claimcheck.service.claim import Claim, Claims
    from claimcheck.service.editor import JobEditor
    from claimcheck.service.files import AttemptFiles
    from claimcheck.service.flows.editor import FlowEditor
    from claimcheck.service.flows.pump import Pump
    from claimcheck.service.flows.reader import FlowReader
    from claimcheck.service.flows.sweeper import FlowSweeper
    from claimcheck.service.reader import JobReader
    from claimcheck.service.retrier import JobRetrier
    from claimcheck.service.schedules.editor import ScheduleEditor
    from claimcheck.service.schedules.reader import ScheduleReader
    from claimcheck.service.schedules.slots import SlotSubmitter
    from claimcheck.service.secrets import Secrets
    from claimcheck.service.submission import Submission
    from claimcheck.service.sweeper import Sweeper
    from claimcheck.service.transition import Jobs
    from claimcheck.service.uploads import Uploads
    from claimcheck.service.worker import Worker

# Seconds. S3 answers a large PUT only once it has stored all of it.
FILES_TIMEOUT = 30


class Parts(TypedDict, total=False):
    """The substitutes, by the name of the property that each replaces."""

    store: JobStore | None
    keys: KeyStore | None
    credits: CreditStore | None
    schedule_store: ScheduleStore | None
    flow_store: FlowStore | None
    queue: WakeUpQueue | None
    objects: ObjectStore | None
    files: FileStore | None
    documents: DocumentStore | None
    outbound: Outbound | None
    model: LanguageModel | None
    translator: Translator | None
    secret_store: SecretStore | None
    callback_settings: CallbackSettings | None
    catalog: Catalog | None
    find_handler: Callable[[str], Handler | None] | None
    spread: Callable[..., Any] | None
    timer: Timer | None


class Engine:
    def __init__(
        self,
        settings: Settings | None = None,
        clock: Clock | None = None,
        randomness: Randomness | None = None,
        *,
        openapi: Path = Path("openapi.json"),
        **parts: Unpack[Parts],
    ) -> None:
        self._openapi = openapi
        self.settings = settings or Settings.read()
        # The variables of the process, including those that apps declare in `app.toml`.
        self.environment = self.settings.environment
        self.clock = clock or SystemClock()
        self.randomness = randomness or SystemRandomness()
        self._alone = Lock()
        for name, part in parts.items():
            if part is not None:
                setattr(self, name, part)  # a cached property that is set is not built

    @cached_property
    def openapi(self) -> str:
        """The API's description, which the build puts next to the function that serves it."""
        return self._openapi.read_text()

    def _service(self, name: str, read_timeout: float = 3) -> Service:
        from claimcheck.aws.calls import Service, make_client

        # Threads of one request must not make clients in parallel (boto3's guide "Session").
        with self._alone:
            client = make_client(name, read_timeout=read_timeout, emulated=bool(self.settings.endpoint_url))
        return Service(client, self.clock, self.randomness)

    @cached_property
    def _table(self) -> Table:
        from claimcheck.aws.dynamodb.table import Table

        return Table(self._service("dynamodb"), self.settings.table_name)

    @cached_property
    def store(self) -> JobStore:
        from claimcheck.aws.dynamodb.job_store import DynamoDBJobStore

        return DynamoDBJobStore(self._table)

    @cached_property
    def keys(self) -> KeyStore:
        from claimcheck.aws.dynamodb.key_store import DynamoDBKeyStore

        return DynamoDBKeyStore(self._table)

    @cached_property
    def credits(self) -> CreditStore:
        from claimcheck.aws.dynamodb.credit_store import DynamoDBCreditStore

        return DynamoDBCreditStore(self._table)

    @cached_property
    def schedule_store(self) -> ScheduleStore:
        from claimcheck.aws.dynamodb.schedule_store import DynamoDBScheduleStore

        return DynamoDBScheduleStore(self._table)

    @cached_property
    def flow_store(self) -> FlowStore:
        from claimcheck.aws.dynamodb.flow_store import DynamoDBFlowStore

        return DynamoDBFlowStore(self._table)

    @cached_property
    def queue(self) -> WakeUpQueue:
        from claimcheck.aws.sqs import SQSWakeUpQueue

        return SQSWakeUpQueue(self._service("sqs"), self.settings.queue_url)

    @cached_property
    def erasure(self) -> Erasure:
        from claimcheck.aws.erasure import Erasure

        return Erasure(self._table, self._service("s3"), self.settings.bucket_name)

    @cached_property
    def objects(self) -> ObjectStore:
        from claimcheck.aws.s3 import S3ObjectStore

        return S3ObjectStore(self._service("s3"), self.settings.bucket_name)

    @cached_property
    def files(self) -> FileStore:
        from claimcheck.aws.s3_files import S3FileStore

        return S3FileStore(self._service("s3", FILES_TIMEOUT), self.settings.bucket_name)

    @cached_property
    def uploads(self) -> Uploads:
        from claimcheck.service.uploads import Uploads

        return Uploads(self.files, self.clock, self.randomness)

    @cached_property
    def documents(self) -> DocumentStore:
        from claimcheck.aws.dynamodb.document_store import DynamoDBDocumentStore

        return DynamoDBDocumentStore(self._table)

    @cached_property
    def outbound(self) -> Outbound:
        from claimcheck.outbound import Outbound

        return Outbound(allow_loopback=self.settings.allow_loopback)

    @cached_property
    def model(self) -> LanguageModel:
        from claimcheck.aws.bedrock import BedrockModel

        return BedrockModel()

    @cached_property
    def translator(self) -> Translator:
        from claimcheck.aws.translate import AmazonTranslator

        return AmazonTranslator(self.settings.translate_url or None, self.clock, self.randomness)

    @cached_property
    def secret_store(self) -> SecretStore:
        from claimcheck.aws.secrets import AwsSecretStore

        return AwsSecretStore(self._service)

    @cached_property
    def secrets(self) -> Secrets:
        from claimcheck.installed import find_app
        from claimcheck.service.secrets import Secrets

        return Secrets(self.secret_store, find_app, self.environment, self.clock)

    @cached_property
    def catalog(self) -> Catalog:
        from claimcheck.installed import load_catalog

        return load_catalog(self.settings.worker_timeout)

    @cached_property
    def payloads(self) -> Payloads:
        # Threads of one request must not build two clients.
        alone = Lock()

        def objects() -> ObjectStore:
            with alone:
                return self.objects

        return Payloads(objects, self.randomness)

    @cached_property
    def jobs(self) -> Jobs:
        from claimcheck.service.transition import Jobs

        return Jobs(self.store, lambda: self.queue, self.payloads, self.clock, self.randomness)

    @cached_property
    def authenticator(self) -> Authenticator:
        from claimcheck.http.admission import Authenticator

        return Authenticator(self.keys, self.clock)

    @cached_property
    def limiter(self) -> RateLimiter:
        from claimcheck.http.admission import RateLimiter

        return RateLimiter(self.keys, self.clock)

    @cached_property
    def daily_limiter(self) -> DailyLimiter:
        from claimcheck.http.admission import DailyLimiter

        return DailyLimiter(self.keys, self.clock)

    @cached_property
    def reader(self) -> JobReader:
        from claimcheck.service.reader import JobReader

        return JobReader(self.store, self.payloads, lambda: self.files, self.clock)

    @cached_property
    def submission(self) -> Submission:
        from claimcheck.service.submission import Submission

        self.queue  # noqa: B018 - its client is built before the first request
        return Submission(
            self.jobs,
            self.catalog,
            self.callback_settings,
            lambda: self.uploads,
            lambda: self.flow_reader,
        )

    @cached_property
    def batches(self) -> BatchSubmission:
        from claimcheck.service.batches import BatchSubmission

        return BatchSubmission(self.jobs, self.submission, self.spread)

    @cached_property
    def callback_settings(self) -> CallbackSettings:
        from claimcheck.service.callbacks.settings import CallbackSettings

        return CallbackSettings(lambda: self.documents, allow_loopback=self.settings.allow_loopback)

    @cached_property
    def editor(self) -> JobEditor:
        from claimcheck.service.editor import JobEditor

        return JobEditor(self.jobs, self.reader)

    @cached_property
    def retrier(self) -> JobRetrier:
        from claimcheck.service.retrier import JobRetrier

        return JobRetrier(self.submission, self.reader, self.payloads, self.clock)

    @cached_property
    def schedule_reader(self) -> ScheduleReader:
        from claimcheck.service.schedules.reader import ScheduleReader

        return ScheduleReader(self.schedule_store, self.reader)

    @cached_property
    def schedule_editor(self) -> ScheduleEditor:
        from claimcheck.service.schedules.editor import ScheduleEditor

        return ScheduleEditor(self.schedule_store, self.submission, self.editor, self.clock, self.randomness)

    @cached_property
    def slot_submitter(self) -> SlotSubmitter:
        from claimcheck.service.schedules.slots import SlotSubmitter

        # Built before the threads start: sessions must not make clients in parallel threads
        # (boto3's guide "Session", "Multithreading or multiprocessing with sessions").
        self.objects  # noqa: B018
        return SlotSubmitter(self.store, self.schedule_store, self.submission, self.clock, self.randomness)

    @cached_property
    def flow_reader(self) -> FlowReader:
        from claimcheck.service.flows.reader import FlowReader

        return FlowReader(self.flow_store, self.clock)

    @cached_property
    def flow_editor(self) -> FlowEditor:
        from claimcheck.service.flows.editor import FlowEditor

        return FlowEditor(self.flow_store, lambda: self.queue, self.flow_reader, self.clock, self.randomness)

    @cached_property
    def pump(self) -> Pump:
        from claimcheck.service.flows.pump import Pump

        return Pump(self.jobs, self.flow_store, lambda job: self.worker.find_type(job))

    @cached_property
    def claims(self) -> Claims:
        from claimcheck.service.claim import Claims

        return Claims(self.jobs)

    @cached_property
    def worker(self) -> Worker:
        from claimcheck.service.attempt import Attempts
        from claimcheck.service.worker import Worker

        attempts = Attempts(
            self.claims,
            self.payloads,
            self._handler_of,
            self.clock,
            self.randomness,
            self,
            lambda: self.secrets,
            self._files_of,
            self.timer,
        )
        return Worker(
            self.jobs, self.claims, attempts, lambda: self.callback_sender, lambda: self.pump, self.catalog
        )

    def _files_of(self, claim: Claim) -> AttemptFiles:
        from claimcheck.service.files import AttemptFiles

        return AttemptFiles(lambda: self.files, claim.job, claim.token, base_path())

    def _handler_of(self, job_type: str) -> Handler | None:
        return cast("Handler", self.bulk.handle) if job_type == "bulk" else self.find_handler(job_type)

    @cached_property
    def bulk(self) -> Bulk:
        from claimcheck.service.bulk import Bulk

        return Bulk(self.reader, self.editor, self.retrier)

    @cached_property
    def callback_sender(self) -> CallbackSender:
        from claimcheck.service.callbacks.sender import CallbackSender

        return CallbackSender(
            self.jobs, self.claims, lambda: self.documents, lambda: self.outbound, self.callback_body
        )

    def callback_body(self, job: Job) -> str:
        """Return the body of a callback: the job as `GET /v1/jobs/{job_id}` returns it, of any dialect."""
        from claimcheck.canonical.rendering import render

        return compact(render(job, self.reader.shown_result(job)))

    @cached_property
    def timer(self) -> Timer:
        from claimcheck.service.attempt import limit

        return limit

    @cached_property
    def sweeper(self) -> Sweeper:
        from claimcheck.service.sweeper import Sweeper

        alone = Lock()

        def slot_submitter() -> SlotSubmitter:
            """Load it when a schedule is due, since most sweeps find none; once for all shards."""
            with alone:
                return self.slot_submitter

        def flow_sweeper() -> FlowSweeper:
            from claimcheck.service.flows.sweeper import FlowSweeper

            return FlowSweeper(self.store, self.flow_store, self.queue)

        self.queue  # noqa: B018 - its client is built before the threads start
        return Sweeper(self.jobs, slot_submitter, flow_sweeper, self.spread)

    @cached_property
    def spread(self) -> Callable[..., Any]:
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(SHARDS).map

    @cached_property
    def find_handler(self) -> Callable[[str], Handler | None]:
        from claimcheck.installed import find_handler

        return find_handler


bootstrap = Engine
