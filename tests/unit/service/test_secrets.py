"""A handler reads the secrets of its own app, soon after they change, and nothing shows them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from apps import index
from claimcheck.authoring import RetryPolicy
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import MINUTE
from claimcheck.domain.observability import logger
from claimcheck.settings import Settings
from tests.kit.world import World, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.authoring import JobContext

KEY, TOKEN = "arn:of:ssm:billing/stripe_key", "arn:of:ssm:till/token"
ENVIRONMENT = {"BILLING__STRIPE_KEY": KEY, "TILL__TOKEN": TOKEN}
TWICE = RetryPolicy(max_attempts=2, base=60, cap=60)


@dataclass
class MemorySecretStore:
    secrets: dict[str, str]
    read_arns: list[str] = field(default_factory=list)

    def read(self, arn: str) -> str:
        self.read_arns.append(arn)
        if arn not in self.secrets:
            raise Unavailable("ParameterNotFound")
        return self.secrets[arn]


@dataclass
class Billing:
    """A world with a job type of the app `billing`, whose handler reads the secret that its input names."""

    world: World
    store: MemorySecretStore
    seen: list[str]

    def submit(self, secret: str = "stripe_key") -> str:
        return self.world.submit(secret)


@pytest.fixture
def billing(monkeypatch: pytest.MonkeyPatch) -> Billing:
    monkeypatch.setitem(index.HANDLERS, "echo", "apps.billing.handlers.echo")
    seen: list[str] = []

    def handle(given: Any, job: JobContext) -> dict[str, str]:
        seen.append(job.secret(given.text))
        return {"text": "done"}

    store = MemorySecretStore({KEY: "sk_live_old", TOKEN: "of-another-app"})
    world = World({"echo": handle}, [job_type(retry=TWICE)], settings=Settings(environment=ENVIRONMENT))
    world.rebuild(secret_store=store)
    return Billing(world, store, seen)


@pytest.fixture
def log(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Any]:
    # Loggers are kept by name, each with the stdout of its test.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.name)
    logger.cache_clear()
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    logger.cache_clear()


def test_a_secret_is_read_once_for_many_jobs(billing: Billing) -> None:
    for _ in range(3):
        billing.submit()
    billing.world.work()

    assert billing.seen == ["sk_live_old"] * 3
    assert billing.store.read_arns == [KEY]


def test_a_rotated_secret_is_used_after_five_minutes(billing: Billing) -> None:
    billing.submit()
    billing.world.work()
    billing.store.secrets[KEY] = "sk_live_new"

    for wait in (5 * MINUTE - 1, 1):
        billing.world.clock.advance(wait)
        billing.submit()
        billing.world.work()

    assert billing.seen == ["sk_live_old", "sk_live_old", "sk_live_new"]


def test_a_job_waits_for_a_missing_secret(billing: Billing) -> None:
    del billing.store.secrets[KEY]
    job_id = billing.submit()
    billing.world.work()
    billing.store.secrets[KEY] = "sk_live_late"

    billing.world.advance(3 * MINUTE)

    assert billing.seen == ["sk_live_late"]
    assert billing.world.job(job_id).status == "completed"


def test_without_attempts_left_the_job_fails_with_a_code_and_the_log_names_the_secret(
    billing: Billing, log: Any
) -> None:
    del billing.store.secrets[KEY]
    job_id = billing.submit()

    billing.world.advance(10 * MINUTE)

    error = billing.world.job(job_id).error
    assert error is not None
    assert error.code == "secret_unavailable"
    assert "stripe_key" not in error.message
    lines = [line for line in log() if line.get("message") == "secret not read"]
    assert [(line["app"], line["secret"], line["arn"], line["reason"]) for line in lines] == [
        ("billing", "stripe_key", KEY, "ParameterNotFound")
    ] * 2


def test_an_app_reads_no_secret_of_another(billing: Billing) -> None:
    job_id = billing.submit("token")

    billing.world.advance(10 * MINUTE)

    error = billing.world.job(job_id).error
    assert error is not None
    assert error.code == "secret_unavailable"
    assert billing.store.read_arns == []


def test_a_secret_is_in_no_log_line_and_no_repr(billing: Billing, log: Any) -> None:
    job_id = billing.submit()

    billing.world.work()

    lines = log()
    shown = [lines, billing.world.engine.secrets, billing.world.job(job_id)]
    assert billing.seen == ["sk_live_old"]
    assert lines
    assert "sk_live_old" not in repr(shown)
