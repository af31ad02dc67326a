"""The demo runs, and the README shows what it prints."""

import pytest

from local import demo, transcript
from local.stack import PROJECT, Stack


def test_the_readme_shows_what_the_demo_prints(
    deployed: Stack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    capsys.readouterr()

    demo.tell(deployed)

    printed = transcript.normal(capsys.readouterr().out).strip().splitlines()
    shown = transcript.normal(transcript.shown()).splitlines()
    assert shown[shown.index(printed[0]) :][: len(printed)] == printed
