"""`make secret` creates an org's secret, and shows it once."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest
from standardwebhooks import Webhook

from claimcheck import __main__ as admin
from claimcheck.domain.observability import logger
from tests.kit.receiver import CallingWorld
from tests.kit.upstream import Upstream, reply

if TYPE_CHECKING:
    from claimcheck.bootstrap import Engine


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> CallingWorld:
    world = CallingWorld()

    def engine(stack: str | None) -> Engine:
        return world.engine

    monkeypatch.setattr(admin, "_engine", engine)
    return world


def test_a_secret_is_what_every_library_takes(
    world: CallingWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    status = admin.main(["secret", "--org", "umbrella"])

    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert status == 0
    assert (answer["org"], answer["valid"]) == ("umbrella", 1)
    assert answer["secret"].startswith("whsec_")
    # The specification: "between 24 bytes (192 bits) and 64 bytes (512 bits)".
    assert 24 <= len(b64decode(answer["secret"].removeprefix("whsec_"), validate=True)) <= 64
    assert Webhook(answer["secret"])


def test_an_org_has_two_at_most(world: CallingWorld, capsys: pytest.CaptureFixture[str]) -> None:
    counts = []
    for _ in range(3):
        world.clock.advance(1)
        admin.main(["secret", "--org", "umbrella"])
        counts.append(json.loads(capsys.readouterr().out.splitlines()[-1])["valid"])

    assert counts == [1, 2, 2]


def test_a_name_that_no_org_can_have_gets_none(
    world: CallingWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert admin.main(["secret", "--org", "No Such Org"]) == 2
    assert "whsec_" not in capsys.readouterr().out


def test_neither_secrets_nor_urls_nor_bodies_are_logged(
    world: CallingWorld, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    logger.cache_clear()
    with Upstream() as upstream:
        for act in (reply(410, b"the-receivers-answer"), reply(200)):
            hook = upstream.at("/the-hooks-path", act)
            world.submit("the-text", callback_url=f"{hook}?token=the-hooks-token")
            world.work()

    out, err = capfd.readouterr()
    reported = out + err + caplog.text
    assert "callback given up" in reported
    for word in ("whsec_", world.secret, "the-hooks", "the-text", "the-receivers-answer"):
        assert word not in reported
