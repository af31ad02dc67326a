"""The URLs that clients follow to a large result."""

from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from claimcheck.aws import calls
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.errors import Unavailable
from claimcheck.settings import Settings


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Credentials and a region as on Lambda. A session keeps those of its creation."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    calls.session.cache_clear()
    return monkeypatch


@pytest.fixture(autouse=True)
def _forget_the_session() -> object:
    yield
    calls.session.cache_clear()


def url_of(bucket: str) -> str:
    """Return the URL that a function with this environment gives."""
    return bootstrap(Settings.read()._replace(bucket_name=bucket)).objects.url("results/1")


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "results.s3.eu-central-1.amazonaws.com"),
        ("ap-southeast-7", "results.s3.ap-southeast-7.amazonaws.com"),
        ("us-east-1", "results.s3.amazonaws.com"),  # its regional endpoint
    ],
)
def test_a_url_has_the_host_of_the_buckets_region(
    elsewhere: pytest.MonkeyPatch, region: str, host: str
) -> None:
    elsewhere.setenv("AWS_DEFAULT_REGION", region)

    assert urlsplit(url_of("results")).netloc == host


def test_an_endpoint_of_ones_own_keeps_its_host(elsewhere: pytest.MonkeyPatch) -> None:
    elsewhere.setenv("AWS_ENDPOINT_URL", "http://storage.internal:9000")

    url = urlsplit(url_of("results"))

    assert (url.netloc, url.path) == ("storage.internal:9000", "/results/results/1")


def test_a_delete_that_the_role_may_not_make_stops_nothing(elsewhere: pytest.MonkeyPatch) -> None:
    """After a rollback, the role of the former version may not delete."""
    store = bootstrap(Settings.read()._replace(bucket_name="results")).objects
    denied = ClientError({"Error": {"Code": "AccessDenied"}}, "DeleteObject")

    def refuse(**params: str) -> None:
        raise denied

    elsewhere.setattr(store._client, "delete_object", refuse)  # type: ignore[attr-defined]

    with pytest.raises(Unavailable):
        store.delete("input/1")
