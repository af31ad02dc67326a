"""The demo runs, and the README shows what it prints."""

import pytest

from local import transcript
from local.conversation import Conversation
from local.demo import STEPS
from local.keys import create_key
from local.stack import PROJECT, Stack


def test_the_readme_shows_what_the_demo_prints(
    deployed: Stack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    told = Conversation(deployed.api_url, create_key(deployed, "demo"))
    capsys.readouterr()

    for step in STEPS:
        step(told)

    printed = transcript.normal(capsys.readouterr().out)
    assert printed.strip() in transcript.normal(transcript.shown())
