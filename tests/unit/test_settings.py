import pytest

from claimcheck.settings import Settings


@pytest.mark.parametrize("url", ["http://127.0.0.1:4566", "http://localhost:4566"])
def test_jobs_may_call_this_machine_beside_an_emulator_on_it(url: str) -> None:
    assert Settings.read({"AWS_ENDPOINT_URL": url}).allow_loopback


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"AWS_ENDPOINT_URL": ""},
        {"ALLOW_LOOPBACK": "true"},
        {"AWS_ENDPOINT_URL": "https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1.example.com:80"},
    ],
)
def test_jobs_may_not_call_their_own_machine_elsewhere(environment: dict[str, str]) -> None:
    assert not Settings.read(environment).allow_loopback


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("", ()),
        ("*", ("*",)),
        ("https://a.example,http://localhost:3000", ("https://a.example", "http://localhost:3000")),
    ],
)
def test_origins_are_separated_by_commas(given: str, origins: tuple[str, ...]) -> None:
    assert Settings.read({"ALLOW_ORIGINS": given}).allow_origins == origins
