"""The template's blocks have what the installed apps declare, and nothing of deleted apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.build.apps import InvalidApp, read_apps
from claimcheck.build.template import with_blocks

if TYPE_CHECKING:
    from tests.unit.build.folder import Apps

TEMPLATE = """\
Parameters:
  Runtime:
    Type: String
  # apps: parameters (written by `make template`)
  # gone
  Old:
    Type: String
  # apps: end
Resources:
  Worker:
    Variables:
      TABLE_NAME: !Ref Table
      # apps: environment.worker (written by `make template`)
      # apps: end
    Statement:
      # apps: permissions.worker (written by `make template`)
      # apps: end
"""
DECLARED = """
[parameters.Currency]
Type = "String"
Default = ""

[environment.worker]
CURRENCY = "!Ref Currency"

[[permissions.worker]]
Action = "ses:SendEmail"
Resource = "!Sub arn:${AWS::Partition}:ses:*"
"""
WRITTEN = """\
Parameters:
  Runtime:
    Type: String
  # apps: parameters (written by `make template`)
  # ledger
  Currency:
    Type: String
    Default: ''
  # apps: end
Resources:
  Worker:
    Variables:
      TABLE_NAME: !Ref Table
      # apps: environment.worker (written by `make template`)
      # ledger
      CURRENCY: !Ref 'Currency'
      # apps: end
    Statement:
      # apps: permissions.worker (written by `make template`)
      # ledger
      - Effect: Allow
        Action: ses:SendEmail
        Resource: !Sub 'arn:${AWS::Partition}:ses:*'
      # apps: end
"""


def test_an_apps_declarations_are_written_between_the_comments(apps: Apps) -> None:
    apps.add("ledger", DECLARED)
    found = read_apps(apps.folder)

    assert with_blocks(TEMPLATE, found) == WRITTEN
    assert with_blocks(WRITTEN, found) == WRITTEN


def test_nothing_is_left_of_an_app_that_is_gone(apps: Apps) -> None:
    assert "Old" not in with_blocks(TEMPLATE, read_apps(apps.folder))
    assert with_blocks(WRITTEN, []) == with_blocks(TEMPLATE, [])


@pytest.mark.parametrize(
    ("declared", "reported"),
    [
        ("[parameters.Runtime]\nType = 'String'", "the parameter Runtime"),
        ("[environment.worker]\nTABLE_NAME = 'mine'", "the variable of worker TABLE_NAME"),
    ],
)
def test_a_name_of_the_template_s_own_is_refused(apps: Apps, declared: str, reported: str) -> None:
    apps.add("ledger", declared)

    with pytest.raises(InvalidApp) as refused:
        with_blocks(TEMPLATE, read_apps(apps.folder))

    assert str(refused.value).endswith(
        f"ledger/app.toml: {reported} is also declared by template.yaml itself. Rename it."
    )


def test_a_name_that_two_apps_declare_is_refused(apps: Apps) -> None:
    apps.add("ledger", DECLARED)
    apps.add("till", DECLARED)

    with pytest.raises(InvalidApp) as refused:
        with_blocks(TEMPLATE, read_apps(apps.folder))

    assert str(refused.value).endswith(
        "till/app.toml: the parameter Currency is also declared by apps/ledger. Rename it."
    )
