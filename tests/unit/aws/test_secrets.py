"""Secrets in Parameter Store and Secrets Manager, under moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from claimcheck.aws import calls as aws
from claimcheck.aws.secrets import AwsSecretStore
from claimcheck.domain.errors import Unavailable
from claimcheck.testing import FrozenClock, SeededRandomness

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return the services that a store has connected to."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    aws.session.cache_clear()
    with mock_aws():
        yield []
    aws.session.cache_clear()


@pytest.fixture
def store(connected: list[str]) -> AwsSecretStore:
    def connect(name: str) -> aws.Service:
        connected.append(name)
        return aws.Service(aws.make_client(name), FrozenClock(), SeededRandomness())

    return AwsSecretStore(connect)


def parameter(value: str = "sk_live") -> str:
    client = aws.make_client("ssm")
    client.put_parameter(Name="/claimcheck/billing/stripe_key", Type="SecureString", Value=value)
    arn: str = client.get_parameter(Name="/claimcheck/billing/stripe_key")["Parameter"]["ARN"]
    return arn


def test_a_secure_parameter_is_read_decrypted(store: AwsSecretStore) -> None:
    assert store.read(parameter("sk_live")) == "sk_live"


def test_a_secret_of_secrets_manager_is_read(store: AwsSecretStore) -> None:
    arn = aws.make_client("secretsmanager").create_secret(Name="stripe", SecretString="sk_live")["ARN"]

    assert store.read(arn) == "sk_live"


def test_only_services_with_secrets_are_connected_and_once(
    store: AwsSecretStore, connected: list[str]
) -> None:
    arn = parameter()

    store.read(arn)
    store.read(arn)

    assert connected == ["ssm"]


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        ("arn:aws:ssm:eu-central-1:123456789012:parameter/none", "ParameterNotFound"),
        ("arn:aws:secretsmanager:eu-central-1:123456789012:secret:none", "ResourceNotFoundException"),
    ],
)
def test_a_missing_secret_is_unavailable_with_the_reason(
    store: AwsSecretStore, arn: str, reason: str
) -> None:
    with pytest.raises(Unavailable) as refused:
        store.read(arn)

    assert refused.value.message == reason


def test_a_binary_secret_is_unavailable(store: AwsSecretStore) -> None:
    arn = aws.make_client("secretsmanager").create_secret(Name="stripe", SecretBinary=b"\x00")["ARN"]

    with pytest.raises(Unavailable, match="must be text"):
        store.read(arn)
