"""`local.toml` sets the local stack's parameters and secrets, and errors say what to write into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local import settings
from local.progress import StepFailed

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = "Parameters:\n  MailUrl:\n    Type: String\n"
APP = """
summary = "Mail to our customers"
[secrets]
mail_key = "The key of our mail service."
"""
FILE = """
[parameters]
MailUrl = "http://127.0.0.1:9000"
[secrets.billing]
mail_key = "test-key"
"""
MISSING = """\
Secrets are missing. Put them into local.toml, which git ignores:
  [secrets.billing]
  mail_key = "…"  # The key of our mail service."""


class Endpoint:
    """Records the parameters that are put into Parameter Store."""

    def __init__(self) -> None:
        self.stored: dict[str, str] = {}

    def client(self, service: str) -> Endpoint:
        assert service == "ssm"
        return self

    def put_parameter(self, **given: Any) -> None:
        assert given["Type"] == "SecureString"
        assert given["Overwrite"]
        self.stored[given["Name"]] = given["Value"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "apps/billing").mkdir(parents=True)
    (tmp_path / "apps/billing/app.toml").write_text(APP)
    (tmp_path / "local.toml").write_text(FILE)
    return tmp_path


def store(project: Path) -> dict[str, str]:
    endpoint = Endpoint()
    settings.store_secrets(project, endpoint, "claimcheck")  # type: ignore[arg-type]
    return endpoint.stored


def test_parameters_and_secrets_are_read(project: Path) -> None:
    assert settings.parameters(project) == {"MailUrl": "http://127.0.0.1:9000"}
    assert settings.secrets_of_app(project, "billing") == {"mail_key": "test-key"}
    assert store(project) == {"/claimcheck/billing/mail_key": "test-key"}


def test_the_file_is_optional(project: Path) -> None:
    (project / "local.toml").unlink()

    assert settings.parameters(project) == {}
    assert settings.secrets_of_app(project, "till") == {}


def test_missing_secrets_are_named_with_what_to_write(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "local.toml").write_text("")

    assert store(project) == {}
    assert capsys.readouterr().err == f"{MISSING}\nThen run `make up`. Jobs that need them fail until then.\n"
    with pytest.raises(StepFailed) as refused:
        settings.secrets_of_app(project, "billing")
    assert str(refused.value) == MISSING


def test_a_secret_that_no_app_declares_is_stored_nowhere(project: Path) -> None:
    (project / "apps/billing/app.toml").write_text('summary = "Mail"')

    assert store(project) == {}
    assert settings.secrets_of_app(project, "billing") == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("secrets = ", "this is not valid TOML"),
        ("[secret.billing]\nmail_key = 'k'", "secret: is not a known field"),
        ("[secrets.billing]\nmail_key = 7", "secrets.billing.mail_key: must be a string"),
        ("[secrets.billing]\nmail_key = ''", "secrets.billing.mail_key: must be at least 1 character long"),
        ("[parameters]\nMailURL = 'x'", "template.yaml has no parameter MailURL"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(project: Path, content: str, reason: str) -> None:
    (project / "local.toml").write_text(content)

    with pytest.raises(StepFailed) as refused:
        settings.parameters(project)

    assert str(refused.value).startswith(f"{project / 'local.toml'}: {reason}")
